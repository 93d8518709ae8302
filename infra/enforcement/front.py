"""The services in front of embedded ones, and every function's own access key to them."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from infra.enforcement.dynamodb_accesses import DynamoDbAccesses
from infra.enforcement.events_accesses import events_accesses
from infra.enforcement.kms_accesses import KmsAccesses
from infra.enforcement.lambda_accesses import lambda_accesses
from infra.enforcement.later_keys import KeyPolicies, LaterKeys
from infra.enforcement.proxy import (
    DYNAMODB,
    EVENTS,
    KMS,
    LAMBDA,
    SCHEDULER,
    SECRETS_MANAGER,
    EnforcingProxy,
)
from infra.enforcement.record import Record, Refusal
from infra.enforcement.role import read_roles
from infra.enforcement.scheduler_accesses import scheduler_accesses
from infra.enforcement.secrets_accesses import secrets_accesses
from infra.enforcement.signature import AccessKey
from infra.local.dynamodb import ACCESS_KEY_ID
from infra.local.http_server import Application, LoopbackServer
from infra.local.template import read_template

_SERVICES = (DYNAMODB, EVENTS, KMS, LAMBDA, SCHEDULER, SECRETS_MANAGER)


@dataclass(frozen=True, slots=True)
class Upstreams:
    """What answers the calls that are allowed."""

    dynamodb: Application
    kms: Application
    events: Application
    secrets_manager: Application
    functions: Application
    scheduler: Application


class EnforcedAws:
    """AWS's services on loopback, as a template's roles allow them. Started by making it.

    Raises PolicyError, TemplateError.
    """

    def __init__(
        self,
        template: Path,
        upstreams: Upstreams,
        *,
        parameters: Mapping[str, str] | None = None,
        tell: Callable[[Refusal], None] | None = None,
    ) -> None:
        self.record = Record(tell)
        later = LaterKeys(upstreams.kms)
        self.roles = {
            function: replace(role, key_policies=KeyPolicies(role.key_policies, later))
            for function, role in read_roles(template, parameters=parameters).items()
        }
        self.keys = {function: _access_key(function) for function in self.roles}
        read = read_template(template, parameters=parameters)
        self._servers = {service.name: LoopbackServer() for service in _SERVICES}
        for service, accesses, upstream in (
            (DYNAMODB, DynamoDbAccesses(read.tables), upstreams.dynamodb),
            (KMS, KmsAccesses(read.keys, later.find), upstreams.kms),
            (EVENTS, events_accesses, upstreams.events),
            (SECRETS_MANAGER, secrets_accesses, upstreams.secrets_manager),
            (LAMBDA, lambda_accesses, upstreams.functions),
            (SCHEDULER, scheduler_accesses, upstreams.scheduler),
        ):
            proxy = EnforcingProxy(
                service,
                accesses=accesses,
                keys={key.access_key_id: key for key in self.keys.values()},
                roles=self.roles,
                record=self.record,
                upstream=upstream,
                owner=ACCESS_KEY_ID,
            )
            self._servers[service.name].start(proxy)

    def endpoint(self, service: str) -> str:
        """Where a service is: `dynamodb`, `events`, `kms`, `lambda`, `scheduler`, `secretsmanager`."""
        return f"http://127.0.0.1:{self._servers[service].port}"

    def environment(self, function: str) -> dict[str, str]:
        """What a function needs of its environment to call AWS, here and as itself."""
        return {
            **self.keys[function].environment(),
            "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint("dynamodb"),
            "AWS_ENDPOINT_URL_EVENTS": self.endpoint("events"),
            "AWS_ENDPOINT_URL_KMS": self.endpoint("kms"),
            "AWS_ENDPOINT_URL_LAMBDA": self.endpoint("lambda"),
            "AWS_ENDPOINT_URL_SCHEDULER": self.endpoint("scheduler"),
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.endpoint("secretsmanager"),
        }

    def too_wide(self) -> list[str]:
        """What the roles allow and nobody did yet."""
        return self.record.too_wide(self.roles.values())

    def close(self) -> None:
        """Stops them. May be called twice."""
        for server in self._servers.values():
            server.close()


def _access_key(function: str) -> AccessKey:
    # As STS makes them: ASIA and 16 more of A to Z and 2 to 7.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return AccessKey(
        access_key_id="ASIA" + "".join(secrets.choice(letters) for _ in range(16)),
        secret_access_key=secrets.token_urlsafe(30),
        session_token=secrets.token_urlsafe(60),
        function=function,
    )
