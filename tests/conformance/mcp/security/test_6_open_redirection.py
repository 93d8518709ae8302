"""MCP authorization 2026-07-28, Security Considerations, section 6: where people are sent is registered."""

import pytest

from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-Security-6")
@pytest.mark.parametrize(
    "other",
    [
        "https://evil.example/callback",
        "http://127.0.0.1/callback/",
        "http://127.0.0.1/callback?x=1",
        "http://127.0.0.1/Callback",
        "http://127.0.0.1/callback/../evil",
        "http://user@127.0.0.1/callback",
        "https://127.0.0.1/callback",
        "http://localhost/callback",
    ],
)
def test_a_redirect_uri_is_compared_to_the_letter(mcp_client: Visit, other: str) -> None:
    answer = mcp_client.answer(redirect_uri=other, scope="files:read")
    assert (answer.status, "location" in answer.headers) == (400, False)


@spec("MCP-Security-6")
def test_a_loopback_redirect_may_have_any_port(mcp_client: Visit, mcp_server: str) -> None:
    request = mcp_client.app.request(
        redirect_uri="http://127.0.0.1:43110/callback", scope="files:read", resource=mcp_server
    )
    answer = mcp_client.browser.authorize(mcp_client.person, request)
    assert answer.location.startswith("http://127.0.0.1:43110/callback?code=")


@spec("MCP-Security-6")
def test_a_person_is_asked_each_time_before_an_app_on_their_machine(
    mcp_client: Visit, mcp_server: str
) -> None:
    for _ in range(2):
        request = mcp_client.app.request(resource=mcp_server, scope="files:read")
        mcp_client.browser.open("/authorize", request)
        assert mcp_client.browser.at("/consent")
        mcp_client.browser.consent()
