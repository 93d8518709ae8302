"""Registering, and managing a registration, where others write first or AWS does not answer."""

import secrets
from typing import Any

import pytest

from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.registration_token import RegistrationTokenAdministration
from chalicelib.protocol.client import UNUSED_LIFETIME
from chalicelib.protocol.errors import InvalidMetadata, InvalidToken, TemporarilyUnavailable
from chalicelib.record import replace
from tests.administration.scripted import (
    NOW,
    OWN,
    TOKEN,
    UNANSWERED,
    Scripted,
    Uses,
    configuration,
    register,
    registration,
)
from tests.support.registration import NATIVE, WEB


@pytest.mark.parametrize("document", [WEB, NATIVE], ids=["confidential", "public"])
def test_where_others_always_come_first_it_is_said_and_no_use_is_counted(document: dict[str, Any]) -> None:
    uses = Uses()
    with pytest.raises(TemporarilyUnavailable) as refused:
        register(registration(Scripted(None, writes=False), uses), document)
    assert refused.value.reason == "record_contended"
    assert uses.count == 0


def test_where_the_record_can_not_be_written_the_token_is_as_good_as_before() -> None:
    uses = Uses()
    with pytest.raises(TemporarilyUnavailable):
        register(registration(Scripted(None, writes=UNANSWERED), uses), WEB)
    assert uses.count == 0


def test_a_token_that_another_used_up_a_moment_ago_is_refused() -> None:
    with pytest.raises(InvalidToken):
        register(registration(Scripted(None, writes=True), Uses(good=False)), WEB)


def test_registering_what_is_there_is_use_of_it() -> None:
    stands = replace(OWN, token_endpoint_auth_method="none", client_secret_hashes=(), expires_at=NOW + 9)
    clients = Scripted(stands, writes=True)
    made = register(registration(clients, Uses()), NATIVE)
    assert made.known
    assert [client.expires_at for client in clients.written] == [NOW + UNUSED_LIFETIME]


def test_a_client_that_has_no_name_is_called_by_its_page_where_that_has_one() -> None:
    device = {"grant_types": ["refresh_token"], "token_endpoint_auth_method": "none"}
    made = register(
        registration(Scripted(None, writes=True), Uses()), {**device, "client_uri": "https://a.example/"}
    )
    assert made.client.client_name == "a.example"
    with pytest.raises(InvalidMetadata):
        register(registration(Scripted(None, writes=True), Uses()), {**device, "client_uri": "https://["})


def test_a_deletion_that_others_always_precede_says_so() -> None:
    with pytest.raises(TemporarilyUnavailable):
        configuration(Scripted(OWN, writes=False)).delete("a", access_token=TOKEN, now=NOW)
    with pytest.raises(InvalidToken):
        configuration(Scripted(OWN, None, writes=False)).delete("a", access_token=TOKEN, now=NOW)


def test_a_replacement_that_others_always_precede_says_so() -> None:
    document = {**WEB, "client_id": "a", "token_endpoint_auth_method": "client_secret_basic"}
    document |= {"grant_types": ["authorization_code"]}
    with pytest.raises(TemporarilyUnavailable) as refused:
        configuration(Scripted(OWN)).update("a", document, access_token=TOKEN, now=NOW)
    assert refused.value.reason == "record_contended"


def test_where_registration_is_not_open_a_client_gives_itself_no_more_than_it_has() -> None:
    asked: dict[str, Any] = {
        "client_id": "a",
        "redirect_uris": ["https://app.example.org/callback"],
    }
    for more in ({"grant_types": ["authorization_code", "refresh_token"]}, {"scope": "read"}):
        clients = Scripted(OWN, writes=True)
        with pytest.raises(InvalidMetadata):
            configuration(clients).update("a", {**asked, **more}, access_token=TOKEN, now=NOW)
        assert clients.written == []
        configuration(clients, mode="open").update("a", {**asked, **more}, access_token=TOKEN, now=NOW)
        assert len(clients.written) == 1
    kept = configuration(Scripted(OWN, writes=True)).update("a", asked, access_token=TOKEN, now=NOW)
    assert kept.client.scope == ("openid",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_name": " "},
        {"token_name": "a" * 201},
        {"token_name": "a\n"},
        {"lifetime": 0},
        {"max_uses": 0},
        {"max_uses": 1_000_001},
        {"grant_types": ["password"]},
        {"scope": 'a"b'},
    ],
    ids=str,
)
def test_what_a_token_can_not_be_is_said(wrong: dict[str, Any]) -> None:
    tokens: Any = Scripted(None, writes=True)
    administration = RegistrationTokenAdministration(tokens=tokens, random=secrets.token_urlsafe)
    with pytest.raises(InvalidMember, match=r"\.$"):
        administration.create({"token_name": "A", **wrong}, now=NOW)
    assert tokens.written == []


def test_a_token_whose_name_is_taken_is_not_written_over() -> None:
    tokens: Any = Scripted(None, writes=False)
    administration = RegistrationTokenAdministration(tokens=tokens, random=secrets.token_urlsafe)
    with pytest.raises(InvalidMember, match="Try again"):
        administration.create({"token_name": "A"}, now=NOW)
