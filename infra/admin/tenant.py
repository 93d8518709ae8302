"""The tenant a command is about: a deployed stack, or the one that `make run` runs on this machine."""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.accounts.password import SALT_BYTES
from chalicelib.administration.clients import ClientAdministration
from chalicelib.administration.registration_token import RegistrationTokenAdministration
from chalicelib.administration.resource_servers import ResourceServerAdministration
from chalicelib.administration.trusted_issuers import TrustedIssuerAdministration
from chalicelib.administration.users import UserAdministration
from chalicelib.aws.connections import dynamodb_through
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.logins import LoginStore
from chalicelib.aws.pairwise_salt import ensure_salt
from chalicelib.aws.registries import (
    ClientRegistry,
    RegistrationTokenRegistry,
    ResourceServerRegistry,
    TrustedIssuerRegistry,
    UserRegistry,
)
from chalicelib.protocol.security_event import Actor
from infra.admin.dynamodb import OperatorsDynamoDb
from infra.admin.found_stack import find_stack
from infra.admin.invoker import invoker
from infra.admin.refused import CommandRefused
from infra.admin.secrets_key import OperatorsEncryption
from infra.admin.settling import SETTLE_SECONDS, settle
from infra.admin.told_logouts import NO_LOGOUTS, ToldLogouts, logouts_of
from infra.deploy.aws import said_plainly
from infra.deploy.deploy_error import DeployError
from infra.deploy.stack import StackName
from infra.local.running import RUNNING, read_running

_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 6}, connect_timeout=10, read_timeout=30)
# A function's answer is waited for as long as it may take, and asked for once.
_PATIENT = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=330)
_NOT_ALLOWED = {"AccessDenied", "AccessDeniedException"}
DEFAULT_PORT = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Its tables, and who acts on them. `behind` is by how many seconds this machine's clock is behind
    AWS's, by which everything is dated. `bus` is where security events go, None where there is none.
    `migration` are the grant types for migration that it has on.
    """

    name: str
    issuer: str
    clients_table: str
    users_table: str
    grants_table: str
    documents_table: str = ""
    actor: Actor
    bus: str | None = None
    make_events: Callable[[], Any] = lambda: None
    behind: float = 0.0
    settle: Callable[[], None] = lambda: None
    secrets_key: str = ""
    make_kms: Callable[[], Any] = lambda: None
    migration: tuple[str, ...] = ()
    rotate_keys: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _: {"error": "Nothing rotates."}
    logouts: ToldLogouts = NO_LOGOUTS

    def now(self) -> int:
        """The time in seconds since the epoch."""
        return int(time.time() + self.behind)

    @property
    def clients(self) -> ClientAdministration:
        encryption = OperatorsEncryption(self.secrets_key, self.make_kms)
        return ClientAdministration(
            clients=ClientRegistry(
                self.clients_table, lambda: ensure_salt(self.clients_table, encryption.encrypt_salt)
            ),
            random=secrets.token_urlsafe,
            encryption=encryption,
            migration=self.migration,
        )

    @property
    def resource_servers(self) -> ResourceServerAdministration:
        return ResourceServerAdministration(
            resource_servers=ResourceServerRegistry(self.clients_table), random=secrets.token_urlsafe
        )

    @property
    def registration_tokens(self) -> RegistrationTokenAdministration:
        return RegistrationTokenAdministration(
            tokens=RegistrationTokenRegistry(self.clients_table), random=secrets.token_urlsafe
        )

    @property
    def trusted_issuers(self) -> TrustedIssuerAdministration:
        return TrustedIssuerAdministration(
            trusted_issuers=TrustedIssuerRegistry(self.clients_table), random=secrets.token_urlsafe
        )

    @property
    def logins(self) -> LoginStore:
        return LoginStore(self.users_table)

    @property
    def users(self) -> UserAdministration:
        return UserAdministration(
            users=UserRegistry(self.users_table),
            logins=self.logins,
            grants=GrantStore(self.grants_table),
            random=secrets.token_urlsafe,
            salt=lambda: secrets.token_bytes(SALT_BYTES),
            settle=self.settle,
            notices=self.logouts,
        )


@contextlib.contextmanager
def deployed_tenant(
    stack: StackName,
    *,
    region: str | None,
    profile: str | None,
    settle_s: float = SETTLE_SECONDS,
    make_session: Callable[..., Session] = Session,
) -> Iterator[Tenant]:
    """The tenant of a stack, by its outputs; DynamoDB is asked as this operator. Raises CommandRefused."""
    with _refused_plainly():
        session = make_session(profile_name=profile, region_name=region)
        if not session.region_name:
            raise CommandRefused("No region. Name one: --region eu-central-1, or REGION=eu-central-1.")
        identity = session.client("sts", config=_CONFIG).get_caller_identity()
        account, where = identity["Account"], session.region_name
        found = find_stack(session.client("cloudformation", config=_CONFIG), str(stack))
        if found is None:
            raise CommandRefused(
                f"There is no stack {stack} in {where}, account {account}. Is it another region "
                "(--region), profile (--profile), tenant or stage?"
            )
        outputs = found.outputs
        if "UsersTable" not in outputs:
            raise CommandRefused(f"{stack} has no tables yet. Deploy it first.")
        with dynamodb_through(OperatorsDynamoDb(session.client("dynamodb", config=_CONFIG))):
            yield Tenant(
                name=str(stack),
                issuer=outputs["Issuer"],
                clients_table=outputs["ClientsTable"],
                users_table=outputs["UsersTable"],
                grants_table=outputs["GrantsTable"],
                documents_table=outputs.get("DocumentsTable", ""),
                actor=Actor("operator", identity["Arn"]),
                bus=outputs.get("AuditBusArn"),
                make_events=lambda: session.client("events", config=_CONFIG),
                behind=_behind(identity),
                settle=lambda: settle(settle_s),
                secrets_key=outputs.get("SecretsKeyArn", ""),
                make_kms=lambda: session.client("kms", config=_CONFIG),
                migration=found.migration,
                rotate_keys=invoker(
                    lambda: session.client("lambda", config=_PATIENT), outputs.get("KeyRotationFunction", "")
                ),
                logouts=logouts_of(outputs, partial(session.client, config=_CONFIG), _behind(identity)),
            )


@contextlib.contextmanager
def local_tenant(port: int, *, directory: Path = RUNNING) -> Iterator[Tenant]:
    """The tenant of a `make run` under way on this machine. Raises CommandRefused."""
    running = read_running(port, directory=directory)
    if running is None:
        raise _nothing_runs(port)

    def client(service: str) -> Any:
        return Session().client(
            service,
            endpoint_url=running[service],
            region_name=running["region"],
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - nothing is protected by it
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=120, proxies={}),
        )

    with _refused_plainly(), _while_it_runs(port), dynamodb_through(OperatorsDynamoDb(client("dynamodb"))):
        yield Tenant(
            name=f"make run, port {port}",
            issuer=running["issuer"],
            clients_table=running["clients_table"],
            users_table=running["users_table"],
            grants_table=running["grants_table"],
            documents_table=running.get("documents_table", ""),
            actor=Actor("operator", "local"),
            secrets_key=running["secrets_key"],
            make_kms=lambda: client("kms"),
            migration=tuple(running.get("migration", ())),
            rotate_keys=invoker(lambda: client("lambda"), "KeyRotation"),
            logouts=logouts_of(running, client, 0.0),
        )


@contextlib.contextmanager
def _while_it_runs(port: int) -> Iterator[None]:
    # What was killed leaves its file behind.
    try:
        yield
    except EndpointConnectionError:
        raise _nothing_runs(port) from None


def _nothing_runs(port: int) -> CommandRefused:
    other = "" if port == DEFAULT_PORT else f" PORT={port}"
    return CommandRefused(f"Nothing runs on port {port}. Start it in another terminal: make run{other}")


@contextlib.contextmanager
def _refused_plainly() -> Iterator[None]:
    try:
        with said_plainly(), _allowed():
            yield
    except DeployError as error:
        raise CommandRefused(str(error)) from None


@contextlib.contextmanager
def _allowed() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        if code in _NOT_ALLOWED:
            raise CommandRefused(
                f"These credentials may not do that: {message} docs/admin.md has the policy it takes."
            ) from None
        raise


def _behind(answer: Any) -> float:
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date).timestamp() - int(time.time()) if date else 0.0
