"""MCP authorization 2026-07-28, Security Considerations, section 3: https, or this machine."""

import pytest

from tests.support.http import Caller
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-Security-3.1")
def test_every_endpoint_is_the_issuers(caller: Caller) -> None:
    """Which is https wherever it is deployed: the template makes it so."""
    document = caller.get("/.well-known/oauth-authorization-server").json
    urls = {name: v for name, v in document.items() if name.endswith(("_endpoint", "_uri"))}
    assert len(urls) > 5
    assert {name: url for name, url in urls.items() if not url.startswith(f"{caller.issuer}/")} == {}


@spec("MCP-Security-3.2")
@pytest.mark.parametrize(
    "elsewhere", ["http://app.example.com/callback", "http://127.0.0.1.example.com/callback"]
)
def test_nobody_is_sent_anywhere_by_http(mcp_client: Visit, elsewhere: str) -> None:
    answer = mcp_client.answer(redirect_uri=elsewhere)
    assert (answer.status, "location" in answer.headers) == (400, False)
