"""RFC 9728 section 5: a refusal leads to the metadata, and the metadata to the authorization server."""

import pytest

from tests.conformance.rfc9728.conftest import Resource
from tests.support.http import Caller, HttpTransport
from tests.support.resource_client import by_challenge, challenge_of
from tests.support.traceability import spec


@spec("RFC9728-5.1")
def test_a_request_without_a_token_is_told_where_the_metadata_is(notes: Resource) -> None:
    answer = notes.get(notes.document.resource)
    assert answer.status == 401
    assert challenge_of(answer) == (
        "Bearer",
        {"scope": "notes:read", "resource_metadata": notes.document.metadata_url},
    )


@spec("RFC9728-5.1")
@pytest.mark.parametrize(
    ("authorization", "status", "error"),
    [("Bearer a-token", 401, "invalid_token"), ("Bearer one, Bearer two", 400, "invalid_request")],
)
def test_so_is_one_whose_token_does_not_hold(
    notes: Resource, authorization: str, status: int, error: str
) -> None:
    answer = notes.get(notes.document.resource, authorization=authorization)
    _, told = challenge_of(answer)
    assert (answer.status, told["error"]) == (status, error)
    assert told["resource_metadata"] == notes.document.metadata_url


@spec("RFC9728-5.1")
def test_so_is_one_whose_token_may_too_little(notes: Resource) -> None:
    answer = notes.get(notes.document.resource, authorization=f"Bearer {notes.token('notes:write')}")
    assert answer.status == 403
    assert challenge_of(answer)[1] == {
        "error": "insufficient_scope",
        "error_description": "This needs notes:read.",
        "scope": "notes:read",
        "resource_metadata": notes.document.metadata_url,
    }


@spec("RFC9728-5")
def test_from_a_refusal_a_client_comes_to_a_token_that_is_accepted(notes: Resource) -> None:
    told = by_challenge(notes.get, notes.document.resource)
    (issuer,) = told["authorization_servers"]
    server = Caller(HttpTransport(issuer)).get("/.well-known/oauth-authorization-server").json
    assert server["issuer"] == issuer
    assert server["token_endpoint"] == f"{issuer}/token"
    token = notes.token(" ".join(told["scopes_supported"]))
    answer = notes.get(told["resource"], authorization=f"Bearer {token}")
    assert answer.json == {"for": notes.service.client.client_id}
