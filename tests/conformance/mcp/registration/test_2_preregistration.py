"""MCP authorization 2026-07-28, Client Registration, section 2: clients an operator registered."""

from tests.conformance.mcp.conftest import authorized
from tests.support.client_app import unverified
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-Registration-2")
def test_a_client_that_is_known_already_needs_no_more(mcp_client: Visit, mcp_server: str) -> None:
    _, claims = unverified(authorized(mcp_client, mcp_server).json["access_token"])
    assert claims["client_id"] == mcp_client.app.client.client_id
