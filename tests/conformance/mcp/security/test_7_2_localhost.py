"""MCP authorization 2026-07-28, Security Considerations, section 7.2: where a person goes is shown."""

from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("MCP-Security-7.2")
def test_the_page_shows_the_host_of_the_redirect_uri(mcp_client: Visit, mcp_server: str) -> None:
    request = mcp_client.app.request(resource=mcp_server, scope="files:read")
    page = mcp_client.browser.open("/authorize", request)
    assert mcp_client.browser.at("/consent")
    assert "an app on this device" in page.body
    assert "127.0.0.1" in page.body


@spec("MCP-Security-7.2")
def test_the_page_shows_which_server_and_what_it_may_do_there(mcp_client: Visit, mcp_server: str) -> None:
    request = mcp_client.app.request(resource=mcp_server, scope="files:read")
    page = mcp_client.browser.open("/authorize", request)
    assert mcp_server.split("/")[2] in page.body
    assert "Read your files" in page.body
    assert "Change your files" not in page.body
