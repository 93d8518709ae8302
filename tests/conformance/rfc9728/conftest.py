"""Where tests of protected resource metadata start from: an API at a resource identifier of their own."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.stack import LocalStack
from keyturn_resource_server import (
    AccessToken,
    Issuer,
    JwtAccessTokens,
    ProtectedResource,
    ResourceServer,
    metadata_handler,
    protected,
)
from keyturn_resource_server.api_gateway import answer
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, HttpTransport, lambda_event, to_answer
from tests.support.tenant import Tenant


class Resource:
    """A protected resource at one URL: `get` sends it requests, `token` gets tokens for it."""

    def __init__(self, stack: LocalStack, tenant: Tenant, document: ProtectedResource) -> None:
        self.document = document
        tenant.resource_server(document.resource, scopes={"notes:read": "Read notes", "notes:write": "Write"})
        service = tenant.client(scope=("notes:read", "notes:write"))
        self.service = ClientApp(service, Caller(HttpTransport(stack.issuer)))
        server = ResourceServer(document, JwtAccessTokens(Issuer(stack.issuer), document.resource))
        self._routes: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
            document.metadata_url: metadata_handler(server),
            document.resource: _notes(server),
        }

    def get(self, url: str, **headers: str) -> Answer:
        """A GET; 404 beside the resource and its metadata."""
        handler = self._routes.get(url)
        if handler is None:
            return Answer(404, {}, (), "")
        parts = urlsplit(url)
        event = lambda_event("GET", parts.path or "/", query=parts.query, headers=headers)
        event["requestContext"]["domainName"] = parts.netloc
        found = handler(event, None)
        return to_answer({**found, "headers": {name.lower(): v for name, v in found["headers"].items()}})

    def token(self, scope: str) -> str:
        """An access token of the stack, for this resource."""
        fields = {"grant_type": "client_credentials", "scope": scope, "resource": self.document.resource}
        token: str = self.service.token(fields).json["access_token"]
        return token


Make = Callable[..., Resource]


@pytest.fixture
def make(stack: LocalStack, tenant: Tenant) -> Make:
    """Makes a resource of these members of section 2."""

    def made(resource: str = "https://notes.example.com/v1", **members: Any) -> Resource:
        told = {"authorization_servers": (stack.issuer,), "scopes_supported": ("notes:read",), **members}
        return Resource(stack, tenant, ProtectedResource(resource=resource, **told))

    return made


@pytest.fixture
def notes(make: Make) -> Resource:
    """The notes of example.com."""
    return make()


def _notes(server: ResourceServer) -> Callable[[Any, Any], dict[str, Any]]:
    @protected(server, "notes:read")
    def read(_event: Any, token: AccessToken) -> dict[str, Any]:
        return answer(200, {"for": token.sub})

    return read
