"""Requests to AWS's services signed with an access key, of any operation and any body."""

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.enforcement.actions import service_model
from infra.enforcement.front import EnforcedAws
from infra.enforcement.proxy import DYNAMODB, EVENTS, KMS, LAMBDA, SCHEDULER, SECRETS_MANAGER
from infra.enforcement.signature import AccessKey
from infra.local.template import REGION

SERVICES = {service.name: service for service in (DYNAMODB, EVENTS, KMS, LAMBDA, SCHEDULER, SECRETS_MANAGER)}
# Those whose operations are named by method and path.
BY_PATH = (LAMBDA.name, SCHEDULER.name)


@dataclass(frozen=True)
class AwsAnswer:
    status: int
    json: Any
    # The error's name where a header has it.
    named: str = ""

    @property
    def error(self) -> str:
        """The error's name without its prefix, empty where it is none."""
        return self.named or str(self.json.get("__type", "")).rpartition("#")[2]


def sign(
    aws: EnforcedAws, key: AccessKey, action: str, body: Any, *, service: str = "", region: str = REGION
) -> tuple[str, dict[str, str], bytes]:
    """Address, headers and body of a signed request for an operation such as dynamodb:GetItem.

    An address is the netloc, with method and path behind it where these are not POST and /.
    """
    name, _, operation = action.partition(":")
    data = json.dumps(body).encode()
    url = aws.endpoint(name)
    netloc = urlsplit(url).netloc
    method, path = _http(name, operation, body) if name in BY_PATH else ("POST", "/")
    headers = {
        "content-type": SERVICES[name].content_type,
        "host": netloc,
        **({} if name in BY_PATH else {"x-amz-target": f"{SERVICES[name].target}.{operation}"}),
    }
    request = AWSRequest(method, f"{url}{path}", headers=headers, data=data)
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.session_token)
    SigV4Auth(credentials, service or name, region).add_auth(request)
    address = netloc if (method, path) == ("POST", "/") else f"{netloc} {method} {path}"
    return address, dict(request.headers.items()), data


def _http(service: str, operation: str, body: Any) -> tuple[str, str]:
    """Method and path of an operation on the function, or the schedule, that the body names."""
    how = service_model(service).operation_model(operation).http
    named = quote(body["FunctionName" if service == LAMBDA.name else "Name"], safe="")
    return how["method"], re.sub(r"\{[^}]+\}", lambda _: named, how["requestUri"])


class Sender:
    """Keeps one connection a service open."""

    def __init__(self) -> None:
        self._open: dict[str, http.client.HTTPConnection] = {}

    def send(self, address: str, headers: Mapping[str, str], body: bytes) -> AwsAnswer:
        netloc, method, path = [*address.split(" "), "POST", "/"][:3]
        try:
            return self._ask(netloc, method, path, headers, body)
        except (OSError, http.client.HTTPException):
            # The server closes a connection that idles, as it may between two files of tests.
            self._open.pop(netloc).close()
            return self._ask(netloc, method, path, headers, body)

    def _ask(self, netloc: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> AwsAnswer:
        connection = self._open.setdefault(netloc, http.client.HTTPConnection(netloc, timeout=10))
        connection.request(method, path, body=body, headers=dict(headers))
        response = connection.getresponse()
        named = response.headers.get("x-amzn-errortype", "")
        return AwsAnswer(response.status, json.loads(response.read()), named)

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()
