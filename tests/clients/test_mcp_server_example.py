"""The MCP server of examples/mcp-server: whom it lets call which tool, and what it says to the others."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, HttpTransport
from tests.support.mcp_client import notes_mcp_server
from tests.support.resource_client import challenge_of
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec

SCOPES = {"notes:read": "Read your notes", "notes:write": "Write new notes"}


@pytest.fixture(scope="module")
def url(stack: LocalStack) -> Iterator[str]:
    """The server at work."""
    with notes_mcp_server(stack.issuer) as url:
        yield url


def post(url: str, message: Any, *, token: str | None = None, **headers: str) -> Answer:
    """One message to the server, as any client could send it."""
    host = url.removesuffix("/mcp")
    sent = {"content_type": "application/json", "accept": "application/json, text/event-stream", **headers}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Caller(HttpTransport(host)).send("POST", "/mcp", headers=sent, body=body)


def calling(tool: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@spec("MCP-3.4")
@spec("MCP-6")
def test_a_request_without_a_token_is_told_the_metadata_and_the_scope(url: str) -> None:
    answer = post(url, LIST)
    where = f"{url.removesuffix('/mcp')}/.well-known/oauth-protected-resource/mcp"
    assert answer.status == 401
    assert challenge_of(answer) == ("Bearer", {"scope": "notes:read", "resource_metadata": where})


@spec("MCP-11.1")
def test_all_that_a_tool_needs_is_told_at_once(url: str) -> None:
    assert challenge_of(post(url, calling("add_note")))[1]["scope"] == "notes:read notes:write"
    # Older protocols had several messages in one request.
    assert challenge_of(post(url, [LIST, calling("add_note")]))[1]["scope"] == "notes:read notes:write"


@pytest.mark.parametrize(
    "message",
    [b"", b"[", b"null", b"[[[[", b"7", {"method": ["tools/call"]}, {"params": {"name": {}}}, b"\xff"],
)
def test_whatever_is_sent_needs_a_token_first(url: str, message: Any) -> None:
    assert post(url, message).status == 401


@spec("MCP-9.1")
def test_a_token_in_the_query_is_none(url: str, service_token: str) -> None:
    answer = Caller(HttpTransport(url.removesuffix("/mcp"))).send(
        "POST", f"/mcp?access_token={service_token}"
    )
    assert answer.status == 401


@pytest.fixture
def service_token(stack: LocalStack, tenant: Tenant, url: str) -> str:
    """A token with all scopes of the server, of nobody's."""
    return token_for(stack, tenant, url, "notes:read notes:write")


def token_for(stack: LocalStack, tenant: Tenant, resource: str, scope: str) -> str:
    if resource != API:
        tenant.resource_server(resource, scopes=SCOPES)
    service = ClientApp(tenant.client(scope=("read", *SCOPES)), Caller(HttpTransport(stack.issuer)))
    fields = {"grant_type": "client_credentials", "scope": scope, "resource": resource}
    token: str = service.token(fields).json["access_token"]
    return token


@spec("MCP-9.2")
@spec("MCP-Security-1")
def test_a_token_for_another_server_of_the_tenant_is_refused(
    url: str, stack: LocalStack, tenant: Tenant
) -> None:
    answer = post(url, LIST, token=token_for(stack, tenant, API, "read"))
    assert (answer.status, challenge_of(answer)[1]["error"]) == (401, "invalid_token")


@spec("MCP-11.1")
def test_a_token_with_too_little_scope_is_403_with_all_of_it(
    url: str, stack: LocalStack, tenant: Tenant
) -> None:
    answer = post(url, calling("add_note"), token=token_for(stack, tenant, url, "notes:read"))
    assert answer.status == 403
    _, told = challenge_of(answer)
    assert (told["error"], told["scope"]) == ("insufficient_scope", "notes:read notes:write")
    assert told["resource_metadata"]


@spec("MCP-10")
def test_what_it_says_of_itself(url: str, stack: LocalStack) -> None:
    host = Caller(HttpTransport(url.removesuffix("/mcp")))
    answer = host.get("/.well-known/oauth-protected-resource/mcp")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json == {
        "resource": url,
        "authorization_servers": [stack.issuer],
        "scopes_supported": ["notes:read"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Notes for assistants",
    }
    assert host.get("/.well-known/oauth-protected-resource").status == 401


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}])
def test_a_page_elsewhere_does_not_reach_it(url: str, service_token: str, headers: dict[str, str]) -> None:
    assert post(url, LIST, token=service_token, **headers).status in {403, 421}
    assert post(url, LIST, token=service_token).status == 200


def test_a_message_too_long_is_not_read(url: str, service_token: str) -> None:
    assert post(url, b" " * 300_000, token=service_token).status == 413
