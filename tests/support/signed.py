"""Requests to AWS's services signed with an access key, of any operation and any body."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.enforcement.front import EnforcedAws
from infra.enforcement.proxy import DYNAMODB, EVENTS, KMS, SECRETS_MANAGER
from infra.enforcement.signature import AccessKey
from infra.local.template import REGION

SERVICES = {service.name: service for service in (DYNAMODB, EVENTS, KMS, SECRETS_MANAGER)}


@dataclass(frozen=True)
class AwsAnswer:
    status: int
    json: Any

    @property
    def error(self) -> str:
        """The error's name without its prefix, empty where it is none."""
        return str(self.json.get("__type", "")).rpartition("#")[2]


def sign(
    aws: EnforcedAws, key: AccessKey, action: str, body: Any, *, service: str = "", region: str = REGION
) -> tuple[str, dict[str, str], bytes]:
    """Netloc, headers and body of a signed request for an action such as dynamodb:GetItem."""
    name, _, operation = action.partition(":")
    data = json.dumps(body).encode()
    url = aws.endpoint(name)
    headers = {
        "content-type": SERVICES[name].content_type,
        "host": urlsplit(url).netloc,
        "x-amz-target": f"{SERVICES[name].target}.{operation}",
    }
    request = AWSRequest("POST", f"{url}/", headers=headers, data=data)
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.session_token)
    SigV4Auth(credentials, service or name, region).add_auth(request)
    return urlsplit(url).netloc, dict(request.headers.items()), data


class Sender:
    """Keeps one connection a service open."""

    def __init__(self) -> None:
        self._open: dict[str, http.client.HTTPConnection] = {}

    def send(self, netloc: str, headers: Mapping[str, str], body: bytes) -> AwsAnswer:
        try:
            return self._ask(netloc, headers, body)
        except (OSError, http.client.HTTPException):
            # The server closes a connection that idles, as it may between two files of tests.
            self._open.pop(netloc).close()
            return self._ask(netloc, headers, body)

    def _ask(self, netloc: str, headers: Mapping[str, str], body: bytes) -> AwsAnswer:
        connection = self._open.setdefault(netloc, http.client.HTTPConnection(netloc, timeout=10))
        connection.request("POST", "/", body=body, headers=dict(headers))
        response = connection.getresponse()
        return AwsAnswer(response.status, json.loads(response.read()))

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()
