"""RFC 9728 section 3: where the metadata is, how it is answered, and when a client must not use it."""

import json

import pytest

from tests.conformance.rfc9728.conftest import Make, Resource
from tests.support.http import Answer
from tests.support.resource_client import NotUsedError, by_challenge, by_identifier
from tests.support.traceability import spec

WELL_KNOWN = "/.well-known/oauth-protected-resource"


@spec("RFC9728-3.1")
@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://a.example", f"https://a.example{WELL_KNOWN}"),
        ("https://a.example/", f"https://a.example{WELL_KNOWN}"),
        ("https://a.example:8443/v1", f"https://a.example:8443{WELL_KNOWN}/v1"),
        ("https://a.example/v1/", f"https://a.example{WELL_KNOWN}/v1/"),
        ("https://a.example/v1?k=v", f"https://a.example{WELL_KNOWN}/v1?k=v"),
        ("https://a.example?k=v", f"https://a.example{WELL_KNOWN}?k=v"),
        ("https://a.example/?k=v", f"https://a.example{WELL_KNOWN}?k=v"),
    ],
)
def test_it_is_found_at_the_well_known_path_before_its_own(make: Make, identifier: str, url: str) -> None:
    resource = make(identifier)
    assert resource.document.metadata_url == url
    assert by_identifier(resource.get, identifier)["resource"] == identifier


@spec("RFC9728-3.2")
def test_it_is_answered_as_json_to_anybody(notes: Resource) -> None:
    answer = notes.get(notes.document.metadata_url)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json["authorization_servers"] == [notes.service.caller.issuer]


@spec("RFC9728-3.3")
def test_a_client_that_knows_the_identifier_may_use_it(notes: Resource) -> None:
    assert by_identifier(notes.get, notes.document.resource)["scopes_supported"] == ["notes:read"]


@spec("RFC9728-3.3")
def test_a_client_that_was_refused_may_use_what_it_is_pointed_to(notes: Resource) -> None:
    assert by_challenge(notes.get, notes.document.resource)["scopes_supported"] == ["notes:read"]


@spec("RFC9728-3.3")
@pytest.mark.parametrize(
    "told",
    [
        "https://notes.example.com",
        "https://notes.example.com/v1/",
        "https://evil.example/v1",
        None,
        ["https://a"],
    ],
)
def test_a_client_does_not_use_metadata_of_another_resource(notes: Resource, told: object) -> None:
    """An API that is not this one points at its metadata, or copies it."""
    document = {**notes.get(notes.document.metadata_url).json, "resource": told}

    def get(url: str) -> Answer:
        if url == notes.document.metadata_url:
            return Answer(200, {"content-type": "application/json"}, (), json.dumps(document))
        return notes.get(url)

    for read in (by_identifier, by_challenge):
        with pytest.raises(NotUsedError):
            read(get, notes.document.resource)
