"""MCP authorization 2026-07-28, Overview, section 7.1: every authorization response says who it is from."""

import pytest

from tests.support.http import Caller
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-7.1")
@pytest.mark.parametrize(
    "wrong", [{}, {"scope": "files:everything"}, {"resource": "https://unknown.example/mcp"}]
)
def test_codes_and_errors_come_with_iss(mcp_client: Visit, mcp_server: str, wrong: dict[str, str]) -> None:
    request = {"resource": mcp_server, "scope": "files:read", **wrong}
    answer = mcp_client.browser.authorize(mcp_client.person, mcp_client.app.request(**request))
    assert ("error" in answer.query) is bool(wrong)
    assert answer.query["iss"] == mcp_client.app.caller.issuer


@spec("MCP-7.1")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_it_is_announced(caller: Caller, name: str) -> None:
    assert caller.get(f"/.well-known/{name}").json["authorization_response_iss_parameter_supported"] is True
