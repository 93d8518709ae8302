"""Registering, changing and deleting resource servers and their scopes."""

from typing import Any

import pytest

from chalicelib.administration.client_document import changed_client, client_metadata
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember, NotRegistered
from chalicelib.administration.resource_servers import (
    ResourceServerAdministration,
    changed_resource_server,
    resource_server_document,
)
from chalicelib.aws.clients import ResourceServerStore
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from tests.stores.fresh import NOW, name, table
from tests.support.race import at_once

DOCUMENT = {
    "resource_name": "Notes API",
    "scopes": {"read": "Read your notes", "write": "Write notes"},
    "access_token_lifetime": 300,
}


def resource() -> str:
    return f"https://{name().lower()}.example/"


def test_a_resource_server_is_what_its_document_says(resource_servers: ResourceServerAdministration) -> None:
    named = resource()
    made = resource_servers.register(named, DOCUMENT, now=NOW).record
    assert ResourceServerStore(table("Clients")).get(named) == made
    assert resource_server_document(made) == DOCUMENT
    with pytest.raises(AlreadyRegistered):
        resource_servers.register(named, DOCUMENT, now=NOW)


def test_scopes_of_two_operators_at_once_are_both_kept(
    resource_servers: ResourceServerAdministration,
) -> None:
    named = resource()
    resource_servers.register(named, DOCUMENT, now=NOW)
    scopes = ["one", "two", "three"]
    at_once(lambda: resource_servers.set_scope(named, scopes.pop(), "Words", now=NOW), 3)
    assert set(resource_servers.find(named).record.scopes) == {"read", "write", "one", "two", "three"}
    after = resource_servers.set_scope(named, "write", None, now=NOW).record
    assert "write" not in after.scopes


def test_a_change_keeps_the_rest_and_replacing_does_not(
    resource_servers: ResourceServerAdministration,
) -> None:
    named = resource()
    resource_servers.register(named, DOCUMENT, now=NOW)
    changed = resource_servers.update(named, {"access_token_signing_alg": "RS256"}, now=NOW).record
    assert resource_server_document(changed) == {**DOCUMENT, "access_token_signing_alg": "RS256"}
    bare = resource_servers.replace(named, {"resource_name": "B"}, now=NOW).record
    assert resource_server_document(bare) == {"resource_name": "B"}


def test_a_deleted_one_is_gone(resource_servers: ResourceServerAdministration) -> None:
    named = resource()
    made = resource_servers.register(named, DOCUMENT, now=NOW)
    assert resource_servers.delete(named) == made
    with pytest.raises(NotRegistered, match="resource server"):
        resource_servers.update(named, {}, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"resource_name": None},
        {"scopes": ["read"]},
        {"scopes": {"read": 1}},
        {"scopes": {"read it": "Words"}},
        {"scopes": {"": "Words"}},
        {"scopes": {"openid": "Words"}},
        {"scopes": {"read": " "}},
        {"access_token_lifetime": 0},
        {"access_token_lifetime": True},
        {"access_token_lifetime": "60"},
        {"access_token_signing_alg": "none"},
        {"resource": "urn:b"},
    ],
    ids=str,
)
def test_what_can_not_be_registered_is_said_in_a_sentence(
    resource_servers: ResourceServerAdministration, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidMember, match=r"\.$"):
        resource_servers.register(resource(), {**DOCUMENT, **wrong}, now=NOW)


@pytest.mark.parametrize("wild", ["", "no uri", "urn:a#b"])
def test_an_identifier_is_an_absolute_uri(resource_servers: ResourceServerAdministration, wild: str) -> None:
    with pytest.raises(InvalidMember, match="absolute URI"):
        resource_servers.register(wild, DOCUMENT, now=NOW)


@pytest.mark.parametrize(
    "document",
    [{"exchange_scopes": ["a"]}, {"exchange_scopes": {"a": 1}}, {"exchange_clients": "a"}],
    ids=str,
)
def test_who_may_call_it_for_people_is_of_its_types(document: dict[str, object]) -> None:
    with pytest.raises(InvalidMember):
        changed_resource_server(ResourceServer(resource="urn:a", resource_name="A"), document)


def test_a_client_names_other_servers_by_objects() -> None:
    client = Client(client_id="a", client_name="A", token_endpoint_auth_method="client_secret_basic")
    for wrong in (["https://chat.example"], {"https://chat.example": "a"}):
        with pytest.raises(InvalidMember):
            changed_client(client, {"id_jag_audiences": wrong})
    changed = changed_client(client, {"id_jag_audiences": {"https://chat.example": {"client_id": "b"}}})
    assert client_metadata(changed)["id_jag_audiences"] == {"https://chat.example": {"client_id": "b"}}
