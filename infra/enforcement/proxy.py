"""A service of AWS in front of an embedded one: it checks signature and permission, then hands over.

One for each service, an application of the loopback server. What a caller may not do is answered in the
service's own shape and never reaches the service.
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from infra.enforcement.access import Access, UnknownAccessError
from infra.enforcement.lambda_accesses import lambda_operation
from infra.enforcement.record import Record, Refusal
from infra.enforcement.role import Role
from infra.enforcement.scheduler_accesses import scheduler_operation
from infra.enforcement.signature import AccessKey, UnsignedError, authenticate
from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse
from infra.local.template import ACCOUNT, REGION

Accesses = Callable[[str, Mapping[str, Any]], list[Access]]
# The operation a request asks for, and its members. Raises UnknownAccessError.
Operation = Callable[[HttpRequest], tuple[str, Mapping[str, Any]]]

_CREDENTIAL = re.compile(r"(?<=Credential=)[^/]+")


@dataclass(frozen=True, slots=True)
class Service:
    """How a service speaks: its name in signatures, in X-Amz-Target and in JSON, and its errors' prefix.

    `operation` where X-Amz-Target and the body do not say what is asked for; then a header names an error.
    """

    name: str
    target: str
    content_type: str
    error_prefix: str
    operation: Operation | None = None


DYNAMODB = Service("dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0", "com.amazon.coral.service#")
EVENTS = Service("events", "AWSEvents", "application/x-amz-json-1.1", "")
KMS = Service("kms", "TrentService", "application/x-amz-json-1.1", "")
LAMBDA = Service("lambda", "", "application/json", "", lambda_operation)
SCHEDULER = Service("scheduler", "", "application/json", "", scheduler_operation)
SECRETS_MANAGER = Service("secretsmanager", "secretsmanager", "application/x-amz-json-1.1", "")


class EnforcingProxy:
    """`accesses` tells what a request touches, `upstream` answers it. `owner` is the access key under which
    everything is one at `upstream`, which neither checks signatures nor knows roles.
    """

    def __init__(
        self,
        service: Service,
        *,
        accesses: Accesses,
        keys: Mapping[str, AccessKey],
        roles: Mapping[str, Role],
        record: Record,
        upstream: Application,
        owner: str,
    ) -> None:
        self._service = service
        self._accesses = accesses
        self._keys = keys
        self._roles = roles
        self._record = record
        self._upstream = upstream
        self._owner = owner

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request of a client of the service."""
        try:
            key = authenticate(request, self._keys, service=self._service.name, region=REGION)
        except UnsignedError as error:
            self._record.refuse(Refusal("nobody", self._service.name, "", error.name))
            return self._refuse(error.name, str(error))
        role = self._roles[key.function]
        refusal = self._judge(role, request)
        if refusal is not None:
            self._record.refuse(refusal)
            who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/{role.function}"
            where = f" on resource: {refusal.resource}" if refusal.resource else ""
            text = f"User: {who} is not authorized to perform: {refusal.action}{where} {refusal.why}"
            return self._refuse("AccessDeniedException", text)
        headers = tuple(
            (name, _CREDENTIAL.sub(self._owner, value) if name.lower() == "authorization" else value)
            for name, value in request.headers
        )
        return self._upstream(replace(request, headers=headers))

    def _judge(self, role: Role, request: HttpRequest) -> Refusal | None:
        """Why a request is refused, None where it is not: every part of it must be allowed."""
        target = request.header("x-amz-target") or ""
        operation = target.removeprefix(f"{self._service.target}.")
        try:
            if self._service.operation:
                operation, members = self._service.operation(request)
            else:
                members = _document(request)
            accesses = self._accesses(operation, members)
        except UnknownAccessError as unknown:
            action = f"{self._service.name}:{operation}"
            return Refusal(role.name, action, "", f"because {unknown} is not known here")
        decisions = [(access, role.decide(access)) for access in accesses]
        for access, decision in decisions:
            if not decision.allowed:
                return Refusal(role.name, access.action, access.resource, decision.why)
        for access, decision in decisions:
            self._record.allow(role, access, decision.statements)
        return None

    def _refuse(self, name: str, message: str) -> HttpResponse:
        # DynamoDB writes Message and the others message for the same; clients read both.
        member = "Message" if self._service.error_prefix else "message"
        headers = [("content-type", self._service.content_type), ("x-amzn-requestid", str(uuid.uuid4()))]
        if self._service.operation:
            headers.append(("x-amzn-errortype", name))
            return HttpResponse(
                HTTPStatus.FORBIDDEN, tuple(headers), json.dumps({"Message": message}).encode()
            )
        body = {"__type": self._service.error_prefix + name, member: message}
        return HttpResponse(HTTPStatus.BAD_REQUEST, tuple(headers), json.dumps(body).encode())


def _document(request: HttpRequest) -> Mapping[str, Any]:
    """A body as every JSON parser would read it. Raises UnknownAccessError where two could differ."""

    def only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise UnknownAccessError("a body that names a member twice")
        return members

    if request.header("content-encoding"):
        raise UnknownAccessError("a body in a coding")
    try:
        document = json.loads(request.body, object_pairs_hook=only_once)
    except ValueError:
        raise UnknownAccessError("a body that is no JSON") from None
    if not isinstance(document, dict):
        raise UnknownAccessError("a body that is no JSON object")
    return document
