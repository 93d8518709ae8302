"""MCP authorization 2026-07-28, Security Considerations, section 2: what a stolen token is good for."""

from tests.conformance.mcp.conftest import authorized
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-Security-2")
def test_access_tokens_live_for_minutes(mcp_client: Visit, mcp_server: str) -> None:
    assert authorized(mcp_client, mcp_server).json["expires_in"] <= 900


@spec("MCP-Security-2")
def test_a_public_clients_refresh_tokens_rotate(mcp_client: Visit, mcp_server: str) -> None:
    tokens = authorized(mcp_client, mcp_server, "files:read offline_access").json
    again = mcp_client.app.refresh(tokens["refresh_token"]).json
    assert again["refresh_token"] != tokens["refresh_token"]
    third = mcp_client.app.refresh(again["refresh_token"]).json
    # The first was replaced twice: whoever shows it now has stolen it, or was stolen from.
    assert mcp_client.app.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert mcp_client.app.refresh(third["refresh_token"]).error == "invalid_grant"
