"""MCP authorization 2026-07-28, Client Registration, section 1: Client ID Metadata Documents."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.client_documents import OPEN, Publisher
from tests.support.http import Answer, Caller
from tests.support.tenant import REDIRECT_URI
from tests.support.traceability import spec
from tests.support.visit import Visit

LOOPBACK = ["http://127.0.0.1:3000/callback", "http://localhost:3000/callback"]


def asked(here: Visit, publisher: Publisher, *, redirect_uri: str = "", **changes: Any) -> Answer:
    """The answer to the authorization request of a client that published such a document."""
    app = ClientApp(publisher.publish(**changes), here.app.caller, redirect_uri=redirect_uri or REDIRECT_URI)
    return here.browser.open("/authorize", app.request(scope="read", resource=OPEN))


@spec("MCP-Registration-1.4")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_support_is_announced(caller: Caller, name: str) -> None:
    assert caller.get(f"/.well-known/{name}").json["client_id_metadata_document_supported"] is True


@spec("MCP-Registration-1.1")
def test_the_specifications_example_is_taken(here: Visit, publisher: Publisher) -> None:
    answer = asked(
        here,
        publisher,
        redirect_uri=LOOPBACK[0],
        client_name="Example MCP Client",
        client_uri="https://app.example.com",
        logo_uri="https://app.example.com/logo.png",
        redirect_uris=LOOPBACK,
        grant_types=["authorization_code"],
        response_types=["code"],
        token_endpoint_auth_method="none",
    )
    assert here.browser.at("/consent")
    assert "Example MCP Client" in answer.body


@spec("MCP-Registration-1.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://app.example.com/other.json"},
        {"client_id": None},
        {"redirect_uris": None},
        {"redirect_uris": []},
        {"redirect_uris": "https://app.example.com/callback"},
    ],
)
def test_a_document_that_does_not_hold_is_refused_on_a_page(
    here: Visit, publisher: Publisher, changes: dict[str, Any]
) -> None:
    """Its client_id is another, or a member that has to be there is not."""
    answer = asked(here, publisher, **changes)
    assert (answer.status, "location" in answer.headers) == (400, False)


@spec("MCP-Registration-1.1")
@pytest.mark.parametrize("body", ["", "null", "[]", "{", "<html>", '{"client_id": 1}'])
def test_what_is_no_json_object_with_what_is_needed_is_refused(
    here: Visit, publisher: Publisher, body: str
) -> None:
    url = publisher.url()
    publisher.serve(url, body)
    request = {**here.app.request(scope="read", resource=OPEN), "client_id": url}
    answer = here.browser.open("/authorize", request)
    assert (answer.status, "location" in answer.headers) == (400, False)


@spec("MCP-Registration-1.1")
@pytest.mark.parametrize(
    "other", ["https://evil.example/callback", f"{REDIRECT_URI}/", f"{REDIRECT_URI}?x=1", LOOPBACK[0]]
)
def test_a_redirect_uri_has_to_be_in_the_document(here: Visit, publisher: Publisher, other: str) -> None:
    answer = asked(here, publisher, redirect_uri=other)
    assert (answer.status, "location" in answer.headers) == (400, False)


@spec("MCP-Registration-1.1")
def test_a_document_is_kept_as_its_headers_say(here: Visit, publisher: Publisher) -> None:
    client = publisher.publish(headers={"cache_control": "max-age=600"})
    app = ClientApp(client, here.app.caller)
    for _ in range(2):
        here.browser.authorize(here.person, app.request(scope="read", resource=OPEN))
    assert publisher.fetched(client.client_id) == 1
