"""MCP authorization 2026-07-28, Overview, section 8: a token is for the server that was named."""

import pytest

from tests.conformance.mcp.conftest import SCOPES, authorized
from tests.support.client_app import unverified
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-8")
def test_a_token_is_for_the_server_that_was_named(mcp_client: Visit, mcp_server: str) -> None:
    _, claims = unverified(authorized(mcp_client, mcp_server).json["access_token"])
    assert (claims["aud"], claims["scope"]) == (mcp_server, "files:read")


@spec("MCP-8")
def test_a_refreshed_one_is_too(mcp_client: Visit, mcp_server: str) -> None:
    tokens = authorized(mcp_client, mcp_server, "files:read offline_access").json
    again = mcp_client.app.refresh(tokens["refresh_token"], resource=mcp_server).json
    assert unverified(again["access_token"])[1]["aud"] == mcp_server


@spec("MCP-8")
def test_a_code_for_one_server_gives_no_token_for_another(mcp_client: Visit, mcp_server: str) -> None:
    code = mcp_client.code(resource=mcp_server, scope="files:read")
    assert mcp_client.app.redeem(code, resource=API).error == "invalid_target"


@spec("MCP-8")
def test_a_server_the_tenant_does_not_know_is_refused(mcp_client: Visit) -> None:
    answer = mcp_client.answer(resource="https://evil.example/mcp", scope="files:read")
    assert answer.query["error"] == "invalid_target"


@spec("MCP-8.1")
@pytest.mark.parametrize(
    "canonical",
    [
        "https://mcp.example.com/mcp",
        "https://mcp.example.com",
        "https://mcp.example.com:8443",
        "https://mcp.example.com/server/mcp",
    ],
)
def test_a_canonical_uri_is_taken_to_the_letter(mcp_client: Visit, tenant: Tenant, canonical: str) -> None:
    tenant.resource_server(canonical, resource_name="Files", scopes=SCOPES)
    assert unverified(authorized(mcp_client, canonical).json["access_token"])[1]["aud"] == canonical


@spec("MCP-8.1")
@pytest.mark.parametrize("invalid", ["mcp.example.com", "https://mcp.example.com#fragment"])
def test_what_is_no_canonical_uri_is_refused(mcp_client: Visit, invalid: str) -> None:
    assert mcp_client.answer(resource=invalid, scope="files:read").query["error"] == "invalid_target"
