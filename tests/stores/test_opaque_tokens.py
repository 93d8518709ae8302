"""The ports OpaqueTokens and OpaqueTokenRevocation, and what is kept of a token."""

import threading
from typing import Any

from hypothesis import given

from chalicelib.aws.opaque_tokens import OpaqueTokenStore, is_kept
from chalicelib.aws.requests import PURGE_AFTER
from chalicelib.protocol.opaque_token import (
    OpaqueToken,
    hash_opaque_token,
    new_opaque_token,
    opaque_token_hash,
)
from tests.stores.fresh import NOW, name, table
from tests.support.properties import ANY_TEXT, JSON
from tests.support.tenant import Table


def store() -> OpaqueTokenStore:
    return OpaqueTokenStore(table("Requests"))


def put(**claims: Any) -> OpaqueToken:
    made = OpaqueToken(token_hash=name(), claims={"client_id": "client-a", "exp": NOW, **claims})
    store().put(made)
    return made


def test_a_token_is_found_by_its_hash_alone_and_swept_some_time_after_its_end() -> None:
    made = put(sub="ada", aud=["https://a.example/"])
    assert store().find(made.token_hash) == made.claims
    assert store().find(name()) is None
    kept = Table(table("Requests")).find(id=f"access_token#{made.token_hash}")
    assert (kept["exp"], kept["purge_at"]) == (NOW, NOW + PURGE_AFTER)


@given(claim=JSON)
def test_any_claim_comes_back_as_it_was(claim: Any) -> None:
    """Fractions, null and half characters too, which DynamoDB itself would not keep."""
    made = put(claim=claim)
    assert repr(store().find(made.token_hash)) == repr(made.claims)


@given(text=ANY_TEXT)
def test_only_what_looks_like_one_is_looked_up(text: str) -> None:
    assert opaque_token_hash(text) is None
    token = new_opaque_token("A" * 43)
    assert opaque_token_hash(token) == hash_opaque_token(token)
    if text:
        assert opaque_token_hash(token + text) is None


def test_a_token_ends_at_its_clients_word_alone() -> None:
    made = put()
    assert store().revoke_opaque(made.token_hash, client_id="client-b") is None
    assert store().revoke_opaque(name(), client_id="client-a") is None
    assert store().revoke_opaque(made.token_hash, client_id="client-a") == made.claims
    kept = Table(table("Requests")).find(id=f"access_token#{made.token_hash}")
    assert not is_kept(kept)
    assert kept["purge_at"] == NOW + PURGE_AFTER


def test_an_instance_remembers_so_many_and_no_more() -> None:
    tokens, instance = [put() for _ in range(3)], OpaqueTokenStore(table("Requests"), most=2)
    for token in tokens:
        assert instance.find(token.token_hash) == token.claims
    for token in tokens:
        Table(table("Requests")).delete(id=f"access_token#{token.token_hash}")
    assert [instance.find(token.token_hash) is not None for token in tokens] == [False, True, True]


def test_tokens_of_many_threads_are_all_found() -> None:
    made, instance = [put() for _ in range(8)], store()
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda one=one: found.append(instance.find(one.token_hash) == one.claims))
        for one in made * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 16
