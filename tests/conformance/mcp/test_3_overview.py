"""MCP authorization 2026-07-28, Overview, section 3: OAuth 2.1, and how a client finds out about it."""

import pytest

from tests.conformance.mcp.conftest import authorized
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


@spec("MCP-3.1")
def test_public_clients_are_held_to_oauth_2_1(mcp_client: Visit, mcp_server: str) -> None:
    """PKCE for every code, no code without it, and no verifier for one that had none."""
    app = mcp_client.app
    request = app.request(resource=mcp_server, scope="files:read")
    bare = {name: v for name, v in request.items() if not name.startswith("code_challenge")}
    assert mcp_client.browser.open("/authorize", bare).query["error"] == "invalid_request"
    plain = {**request, "code_challenge_method": "plain"}
    assert mcp_client.browser.open("/authorize", plain).query["error"] == "invalid_request"
    code = mcp_client.browser.authorize(mcp_client.person, request).query["code"]
    assert app.redeem(code, code_verifier="w" * 43).error == "invalid_grant"
    assert app.redeem(code).status == 200


@spec("MCP-3.1")
def test_confidential_clients_authenticate(caller: Caller, tenant: Tenant, mcp_server: str) -> None:
    here = visit(caller, tenant, tenant.client(scope=("files:read",)))
    assert authorized(here, mcp_server).status == 200
    as_public = ClientApp(here.app.client, caller)
    fields = {"grant_type": "authorization_code", "code": "any", "client_id": as_public.client.client_id}
    answer = caller.post("/token", fields)
    assert (answer.status, answer.error) == (401, "invalid_client")


@spec("MCP-3.1")
@pytest.mark.parametrize("response_type", ["token", "id_token token"])
def test_no_token_comes_from_the_authorization_endpoint(mcp_client: Visit, response_type: str) -> None:
    answer = mcp_client.answer(response_type=response_type, scope="files:read")
    assert "access_token" not in answer.location
    assert "error=" in answer.location


@spec("MCP-3.5")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_there_are_both_ways_of_discovery(caller: Caller, name: str) -> None:
    document = caller.get(f"/.well-known/{name}").json
    assert {"authorization_endpoint", "token_endpoint", "code_challenge_methods_supported"} <= set(document)
