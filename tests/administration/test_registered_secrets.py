"""Secrets of clients that register themselves for client_secret_jwt: when they are encrypted."""

import pytest

from chalicelib.protocol.errors import InvalidMetadata, InvalidToken, TemporarilyUnavailable
from chalicelib.record import replace
from tests.administration.scripted import (
    NOW,
    OWN,
    TOKEN,
    UNANSWERED,
    Encryption,
    Scripted,
    Uses,
    configuration,
    register,
    registration,
)
from tests.support.registration import WEB

BY_HMAC = {"token_endpoint_auth_method": "client_secret_jwt", "grant_types": ["authorization_code"]}


def test_a_secret_is_encrypted_for_the_client_it_is_registered_with() -> None:
    clients, uses, encryption = Scripted(None, writes=True), Uses(), Encryption()
    made = register(registration(clients, uses, encryption), {**WEB, **BY_HMAC})
    (kept,) = clients.written
    assert kept.client_secret_ciphertexts == (f"{made.client_secret} of {made.client.client_id}",)
    assert (encryption.asked, uses.count) == (1, 1)


def test_where_a_secret_can_not_be_encrypted_nothing_is_written_and_the_token_is_as_good_as_before() -> None:
    clients, uses = Scripted(None, writes=True), Uses()
    with pytest.raises(TemporarilyUnavailable):
        register(registration(clients, uses, Encryption(UNANSWERED)), {**WEB, **BY_HMAC})
    assert (clients.written, uses.count) == ([], 0)
    own = Scripted(OWN, writes=True)
    with pytest.raises(TemporarilyUnavailable):
        configuration(own, encryption=Encryption(UNANSWERED)).update(
            "a", {**WEB, **BY_HMAC, "client_id": "a"}, access_token=TOKEN, now=NOW
        )
    assert own.written == []


def test_nothing_is_encrypted_for_what_is_refused() -> None:
    encryption, wrong = Encryption(), {**WEB, **BY_HMAC, "token_endpoint_auth_signing_alg": "ES256"}
    with pytest.raises(InvalidMetadata):
        register(registration(Scripted(None, writes=True), Uses(), encryption), wrong)
    with pytest.raises(InvalidToken):
        register(registration(Scripted(None, writes=True), Uses(good=False), encryption), {**WEB, **BY_HMAC})
    own = configuration(Scripted(OWN, writes=True), encryption=encryption)
    for document, token, error in (
        ({**wrong, "client_id": "a"}, TOKEN, InvalidMetadata),
        ({**WEB, **BY_HMAC, "client_id": "a"}, "another", InvalidToken),
    ):
        with pytest.raises(error):
            own.update("a", document, access_token=token, now=NOW)
    assert encryption.asked == 0


def test_who_comes_to_an_hmac_has_one_secret_whatever_an_operator_gave_it_before() -> None:
    two = replace(OWN, client_secret_hashes=("one", "two"), former_secrets_expire_at=NOW + 60)
    made = configuration(Scripted(two, writes=True), encryption=Encryption()).update(
        "a", {**WEB, **BY_HMAC, "client_id": "a"}, access_token=TOKEN, now=NOW
    )
    assert made.client_secret is not None
    assert made.client.client_secret_ciphertexts == (f"{made.client_secret} of a",)
    assert (len(made.client.client_secret_hashes), made.client.former_secrets_expire_at) == (1, None)
