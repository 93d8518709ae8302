"""Registering, changing and deleting clients."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.administration.client_document import client_metadata
from chalicelib.administration.clients import (
    ClientAdministration,
    check_metadata,
    needs_secret,
    new_client_id,
)
from chalicelib.administration.refusals import (
    AlreadyRegistered,
    InvalidMember,
    NotRegistered,
    OwnedByAnother,
)
from chalicelib.aws.clients import ClientStore
from tests.administration.documents import SERVICE, SPA, secret
from tests.stores.fresh import NOW, name, table
from tests.support.race import at_once
from tests.support.tenant import hash_of


def test_a_client_is_what_its_metadata_says(clients: ClientAdministration) -> None:
    made = clients.register(SPA, client_id=name(), secret=None, now=NOW).record
    assert ClientStore(table("Clients")).get(made.client_id) == made
    assert (made.client_id_issued_at, made.public, made.scope) == (NOW, True, ("openid", "read"))
    assert made.response_types == ("code",)
    assert client_metadata(made) == {**SPA, "response_types": ["code"]}


def test_the_method_is_client_secret_basic_by_default_and_only_the_hash_is_kept(
    clients: ClientAdministration,
) -> None:
    shown = secret()
    made = clients.register(SERVICE, client_id=name(), secret=shown, now=NOW).record
    assert made.token_endpoint_auth_method == "client_secret_basic"
    assert made.client_secret_hashes == (hash_of(shown),)
    assert made.response_types == ()
    assert needs_secret(SERVICE)
    assert not needs_secret(SPA)
    assert hash_of(shown) not in str(client_metadata(made))


def test_no_two_clients_have_one_client_id(clients: ClientAdministration) -> None:
    client_id = name()
    first = clients.register(SPA, client_id=client_id, secret=None, now=NOW)
    with pytest.raises(AlreadyRegistered) as raised:
        clients.register({**SPA, "client_name": "B"}, client_id=client_id, secret=None, now=NOW)
    assert raised.value.owner is None
    assert clients.find(client_id) == first


def test_of_parallel_registrations_one_succeeds(clients: ClientAdministration) -> None:
    client_id = name()

    def register() -> str:
        try:
            clients.register({**SPA, "client_name": name()}, client_id=client_id, secret=None, now=NOW)
        except AlreadyRegistered:
            return "taken"
        return "made"

    assert sorted(at_once(register, 8)) == ["made", *["taken"] * 7]


def test_changes_of_two_operators_at_once_are_both_kept(clients: ClientAdministration) -> None:
    client_id = name()
    clients.register(SPA, client_id=client_id, secret=None, now=NOW)
    changes: list[dict[str, Any]] = [
        {"client_name": "Other"},
        {"scope": "openid"},
        {"client_uri": "https://a.example"},
    ]

    def change() -> dict[str, Any]:
        mine = changes.pop()
        clients.update(client_id, mine, now=NOW + 1)
        return mine

    at_once(change, 3)
    after = client_metadata(clients.find(client_id).record)
    assert after == {
        **SPA,
        "client_name": "Other",
        "scope": "openid",
        "client_uri": "https://a.example",
        "response_types": ["code"],
    }


def test_a_change_of_some_members_keeps_the_others_and_a_null_takes_one_back(
    clients: ClientAdministration,
) -> None:
    client_id = name()
    clients.register({**SPA, "rotate_refresh_tokens": True}, client_id=client_id, secret=None, now=NOW)
    clients.update(client_id, {"rotate_refresh_tokens": None, "client_name": "B"}, now=NOW)
    found = clients.find(client_id).record
    assert (found.rotate_refresh_tokens, found.client_name, found.scope) == (None, "B", ("openid", "read"))


def test_replacing_leaves_only_what_is_given_and_keeps_the_secret(clients: ClientAdministration) -> None:
    client_id, shown = name(), secret()
    clients.register(
        {**SERVICE, "client_uri": "https://a.example"}, client_id=client_id, secret=shown, now=NOW
    )
    after = clients.replace(client_id, {**SERVICE, "client_name": "B"}, now=NOW).record
    assert (after.client_name, after.client_uri) == ("B", None)
    assert after.client_secret_hashes == (hash_of(shown),)
    assert after.client_id_issued_at == NOW


def test_a_change_of_nothing_writes_nothing(clients: ClientAdministration) -> None:
    client_id = name()
    made = clients.register(SPA, client_id=client_id, secret=None, now=NOW)
    assert clients.update(client_id, {"client_name": SPA["client_name"]}, now=NOW + 5) == made


def test_another_method_takes_the_secret_or_needs_one(clients: ClientAdministration) -> None:
    client_id, shown = name(), secret()
    clients.register({**SPA, "token_endpoint_auth_method": None}, client_id=client_id, secret=shown, now=NOW)
    public = clients.update(client_id, {"token_endpoint_auth_method": "none"}, now=NOW).record
    assert public.client_secret_hashes == ()
    with pytest.raises(InvalidMember, match="secret"):
        clients.update(client_id, {"token_endpoint_auth_method": "client_secret_post"}, now=NOW)
    again = clients.update(
        client_id, {"token_endpoint_auth_method": "client_secret_post"}, secret=secret(), now=NOW
    )
    assert hash_of(shown) not in again.record.client_secret_hashes


def test_a_deleted_client_is_gone_and_no_change_brings_it_back(clients: ClientAdministration) -> None:
    client_id = name()
    made = clients.register(SPA, client_id=client_id, secret=None, now=NOW)
    assert clients.delete(client_id) == made
    acts: list[Callable[[], object]] = [
        lambda: clients.update(client_id, {"client_name": "B"}, now=NOW),
        lambda: clients.delete(client_id),
        lambda: clients.find(client_id),
    ]
    for act in acts:
        with pytest.raises(NotRegistered, match=client_id):
            act()
    assert ClientStore(table("Clients")).get(client_id) is None


def test_an_owner_touches_only_what_is_its_own(
    clients: ClientAdministration, owned: Callable[[str], ClientAdministration]
) -> None:
    mine, other, client_id = owned("stack/a"), owned("stack/b"), name()
    mine.register(SPA, client_id=client_id, secret=None, now=NOW)
    acts: list[Callable[[], object]] = [
        lambda: other.update(client_id, {"client_name": "B"}, now=NOW),
        lambda: other.delete(client_id),
        lambda: other.find(client_id),
    ]
    for act in acts:
        with pytest.raises(OwnedByAnother, match="stack/a"):
            act()
    with pytest.raises(AlreadyRegistered) as raised:
        other.register(SPA, client_id=client_id, secret=None, now=NOW)
    assert raised.value.owner == "stack/a"
    by_hand = clients.update(client_id, {"client_name": "By hand"}, now=NOW)
    assert by_hand.owner == "stack/a"
    assert mine.replace(client_id, SPA, now=NOW).record.client_name == SPA["client_name"]
    mine.delete(client_id)


def test_made_names_are_long_and_never_the_same() -> None:
    assert new_client_id(lambda size: "-_a" * size).isalnum()
    assert len({new_client_id(secrets.token_urlsafe) for _ in range(100)}) == 100
    check_metadata(SPA, client_id=new_client_id(secrets.token_urlsafe))
    check_metadata(SERVICE, client_id=new_client_id(secrets.token_urlsafe))
