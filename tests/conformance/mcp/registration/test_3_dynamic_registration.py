"""MCP authorization 2026-07-28, Client Registration, section 3: Dynamic Client Registration."""

from typing import Any

import pytest

from tests.conformance.mcp.conftest import SCOPES, authorized
from tests.support.client_app import unverified
from tests.support.http import Caller
from tests.support.registration import Registrar, app_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

DESKTOP: dict[str, Any] = {
    "client_name": "Assistant",
    "redirect_uris": ["http://127.0.0.1:33418/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
    "application_type": "native",
}


@pytest.fixture
def open_server(tenant: Tenant, mcp_server: str) -> str:
    """The MCP server, for clients nobody has looked at."""
    tenant.resource_server(mcp_server, scopes=SCOPES, open_to_unverified_clients=True)
    return mcp_server


@spec("MCP-Registration-3")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_the_endpoint_is_announced(caller: Caller, name: str) -> None:
    assert caller.get(f"/.well-known/{name}").json["registration_endpoint"] == f"{caller.issuer}/register"


@spec("MCP-Registration-3")
def test_a_client_that_registered_itself_comes_to_its_tokens(
    registrar: Registrar, here: Visit, open_server: str
) -> None:
    found = registrar.registered(DESKTOP)
    assert "client_secret" not in found
    here.app = app_of(found, here.app.caller)
    _, claims = unverified(authorized(here, open_server).json["access_token"])
    assert (claims["client_id"], claims["aud"]) == (found["client_id"], open_server)


@spec("MCP-Registration-3")
def test_it_gets_no_token_for_a_server_that_is_not_open_to_it(
    registrar: Registrar, here: Visit, mcp_server: str
) -> None:
    app = app_of(registrar.registered(DESKTOP), here.app.caller)
    request = app.request(resource=mcp_server, scope="files:read")
    assert here.browser.open("/authorize", request).query["error"] == "invalid_target"


@spec("MCP-Registration-3.1")
@pytest.mark.parametrize(
    ("told", "redirect_uri", "kept"),
    [
        ("native", "http://127.0.0.1:33418/callback", "native"),
        ("native", "http://localhost:33418/callback", "native"),
        ("web", "https://assistant.example/callback", "web"),
        # Older clients leave it out, which OpenID would read as "web" and refuse.
        (None, "http://127.0.0.1:33418/callback", "native"),
        (None, "https://assistant.example/callback", "web"),
    ],
)
def test_an_application_type_goes_with_its_redirects(
    registrar: Registrar, told: str | None, redirect_uri: str, kept: str
) -> None:
    found = registrar.registered({**DESKTOP, "redirect_uris": [redirect_uri], "application_type": told})
    assert found["application_type"] == kept


@spec("MCP-Registration-3.1")
@pytest.mark.parametrize("redirect_uri", ["http://assistant.example/callback", "javascript:alert(1)"])
def test_a_refusal_says_what_to_do(registrar: Registrar, redirect_uri: str) -> None:
    answer = registrar.register({**DESKTOP, "redirect_uris": [redirect_uri]})
    assert (answer.status, answer.error) == (400, "invalid_redirect_uri")
    assert len(answer.json["error_description"]) > 20
