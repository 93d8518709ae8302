"""The official MCP SDK's client at the MCP server of the examples: told its URL, it does the rest, and a
person decides. Each way for a client to be known: MCP authorization 2026-07-28, Client Registration.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.certificates import authority
from tests.support.client_app import unverified
from tests.support.environment import changed_environment
from tests.support.http import Caller, HttpTransport
from tests.support.mcp_client import REDIRECT_URI, Assistant, notes_mcp_server, preregistered
from tests.support.origin import Origin
from tests.support.tenant import Tenant
from tests.support.traceability import spec

SCOPES = {"notes:read": "Read your notes", "notes:write": "Write new notes"}
WAYS = ["registered beforehand", "metadata document", "registers itself"]


@pytest.fixture(scope="module")
def url(stack: LocalStack) -> Iterator[str]:
    """The server at work."""
    with notes_mcp_server(stack.issuer) as url:
        yield url


@pytest.fixture(scope="module")
def published(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The client's own web server, and the URL of its metadata document there."""
    del stack
    ours = authority(tmp_path_factory.mktemp("authority"))
    with (
        Origin(tls=ours.server("localhost"), host="localhost") as origin,
        changed_environment(SSL_CERT_FILE=str(ours.path), FETCH_ALLOWED_ORIGINS=origin.address),
    ):
        client_id = f"{origin.address}/assistant.json"
        document = {
            "client_id": client_id,
            "client_name": "Assistant",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }
        yield origin.serve("/assistant.json", json.dumps(document), content_type="application/json")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """How the client is known."""
    found: str = request.param
    return found


@pytest.fixture
def assistant(
    request: pytest.FixtureRequest, stack: LocalStack, tenant: Tenant, url: str, way: str
) -> Assistant:
    """The SDK's client of a new person, known in this way."""
    tenant.resource_server(
        url, resource_name="Notes for assistants", scopes=SCOPES, open_to_unverified_clients=True
    )
    browser, person = Browser(Caller(HttpTransport(stack.issuer))), tenant.person()
    if way == "metadata document":
        return Assistant(url, browser, person, client_metadata_url=request.getfixturevalue("published"))
    made = Assistant(url, browser, person)
    if way == "registered beforehand":
        client = tenant.native_client(
            redirect_uris=("http://127.0.0.1/callback",), scope=("offline_access", *SCOPES)
        )
        made.storage.client = preregistered(client.client_id)
    return made


def tokens_of(assistant: Assistant) -> Any:
    assert assistant.storage.tokens is not None
    return assistant.storage.tokens


@spec("MCP-7")
def test_it_finds_its_way_from_the_refusal_to_an_audience_bound_token(
    assistant: Assistant, stack: LocalStack, url: str, way: str
) -> None:
    assert assistant.call("list_notes") == []
    host = url.removesuffix("/mcp")
    registering = [("POST", f"{stack.issuer}/register", 201)] if way == "registers itself" else []
    assert assistant.requests[: 5 + len(registering)] == [
        ("POST", url, 401),
        ("GET", f"{host}/.well-known/oauth-protected-resource/mcp", 200),
        ("GET", f"{stack.issuer}/.well-known/oauth-authorization-server", 200),
        *registering,
        ("POST", f"{stack.issuer}/token", 200),
        ("POST", url, 200),
    ]
    (asked,), (redeemed,) = assistant.asked, assistant.forms
    assert asked["resource"] == redeemed["resource"] == url
    assert (asked["scope"], asked["code_challenge_method"]) == ("notes:read offline_access", "S256")
    assert unverified(tokens_of(assistant).access_token)[1]["aud"] == url


@spec("MCP-11.1")
def test_a_tool_that_needs_more_has_the_person_asked_again(assistant: Assistant) -> None:
    assistant.call("list_notes")
    assert assistant.call("add_note", text="Buy milk") == "Noted. You have 1."
    assert [status for *_, status in assistant.requests].count(403) == 1
    assert set(assistant.asked[1]["scope"].split()) == {"notes:read", "notes:write", "offline_access"}
    assert assistant.call("list_notes") == ["Buy milk"]
    assert len(assistant.asked) == 2


def test_it_refreshes_without_asking_anybody(assistant: Assistant, url: str) -> None:
    assistant.call("list_notes")
    first = tokens_of(assistant)
    assistant.forget_the_time()
    assistant.call("list_notes")
    assert assistant.forms[1]["grant_type"] == "refresh_token"
    assert assistant.forms[1]["resource"] == url
    assert tokens_of(assistant).refresh_token != first.refresh_token
    assert len(assistant.asked) == 1


def test_each_person_has_notes_of_their_own(assistant: Assistant, stack: LocalStack, tenant: Tenant) -> None:
    assistant.call("add_note", text="Ada's")
    other = Assistant(
        assistant.url, Browser(Caller(HttpTransport(stack.issuer))), tenant.person(), assistant.storage
    )
    other.storage.tokens = None
    assert other.call("list_notes") == []


@pytest.mark.parametrize("way", ["metadata document"], indirect=True)
def test_a_client_is_known_by_its_documents_url(assistant: Assistant, published: str) -> None:
    assistant.call("list_notes")
    assert assistant.asked[0]["client_id"] == published
    assert unverified(tokens_of(assistant).access_token)[1]["client_id"] == published
    assert "register" not in str(assistant.requests)
