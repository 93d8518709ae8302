"""MCP authorization 2026-07-28, Overview, section 10: who gets refresh tokens, and how they are asked for."""

from tests.conformance.mcp.conftest import authorized
from tests.support.http import Caller
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-10")
def test_offline_access_is_announced(caller: Caller) -> None:
    document = caller.get("/.well-known/oauth-authorization-server").json
    assert "offline_access" in document["scopes_supported"]


@spec("MCP-10")
def test_a_client_may_ask_for_it_without_openid(mcp_client: Visit, mcp_server: str) -> None:
    tokens = authorized(mcp_client, mcp_server, "files:read offline_access").json
    assert "refresh_token" in tokens
    assert "id_token" not in tokens


@spec("MCP-10")
def test_a_client_that_is_not_registered_for_them_gets_none(mcp_client: Visit, mcp_server: str) -> None:
    client = mcp_client.tenant.native_client(grant_types=("authorization_code",), scope=("files:read",))
    mcp_client.app.client = client
    mcp_client.app.redirect_uri = client.redirect_uris[0]
    assert "refresh_token" not in authorized(mcp_client, mcp_server).json
