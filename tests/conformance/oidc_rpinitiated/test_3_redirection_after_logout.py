"""OpenID Connect RP-Initiated Logout section 3: back to the client, exactly where it registered."""

from urllib.parse import parse_qs, urlsplit

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.home import Home
from tests.support.http import Caller
from tests.support.refusal import assert_page, last_log
from tests.support.tenant import LOGOUT_URI, REDIRECT_URI
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


@spec("OIDC-RPInitiated-3")
@pytest.mark.parametrize("state", [None, "s", "a b&c=d#e%20é", "s" * 2_000])
@pytest.mark.parametrize("uri", [LOGOUT_URI, "https://app.example.com/?a=b"])
def test_the_person_goes_back_with_the_state_byte_for_byte(home: Home, uri: str, state: str | None) -> None:
    answer = home.sign_out(id_token_hint=home.hint, post_logout_redirect_uri=uri, state=state)
    assert answer.status == 303
    assert answer.location.startswith(uri)
    query = parse_qs(urlsplit(answer.location).query, keep_blank_values=True)
    before = parse_qs(urlsplit(uri).query)
    assert query == before | ({"state": [state]} if state is not None else {})
    assert "#" not in answer.location
    assert not home.is_signed_in()


@spec("OIDC-RPInitiated-3")
def test_the_person_goes_back_after_being_asked_too(home: Home) -> None:
    client_id = home.app.client.client_id
    page = home.sign_out(client_id=client_id, post_logout_redirect_uri=LOGOUT_URI, state="s")
    assert "Example App" in page.body
    answer = home.browser.fill(("decision", "sign_out"))
    assert (answer.status, answer.location) == (303, LOGOUT_URI + "?state=s")
    assert not home.is_signed_in()


@spec("OIDC-RPInitiated-3")
def test_who_stays_is_not_sent_anywhere(kept: Home) -> None:
    kept.sign_out(client_id=kept.app.client.client_id, post_logout_redirect_uri=LOGOUT_URI)
    answer = kept.browser.fill(("decision", "stay"))
    assert (answer.status, "location" in answer.headers) == (200, False)
    assert "You are still signed in" in answer.body


UNREGISTERED = [
    "https://app.example.com/signed-out/",
    "https://app.example.com/signed-out?x=1",
    "https://app.example.com/signed-out#x",
    "https://app.example.com/signed-ou",
    "https://APP.example.com/signed-out",
    "https://app.example.com:443/signed-out",
    "http://app.example.com/signed-out",
    "https://app.example.com@evil.example/signed-out",
    "https://app.example.com.evil.example/signed-out",
    "https://evil.example/",
    "//app.example.com/signed-out",
    "/signed-out",
    "javascript:alert(1)",
    "https://app.example.com/%73igned-out",
    " https://app.example.com/signed-out",
    REDIRECT_URI,
]


@spec("OIDC-RPInitiated-3")
@pytest.mark.parametrize("uri", UNREGISTERED)
def test_any_other_address_is_refused_and_nothing_ends(
    kept: Home, stack: LocalStack, capsys: Log, uri: str
) -> None:
    for named in ({"id_token_hint": kept.hint}, {"client_id": kept.app.client.client_id}):
        with nothing_written(stack):
            answer = kept.sign_out(**named, post_logout_redirect_uri=uri)
        assert_page(answer)
        assert last_log(capsys)["reason"] == "redirect_uri_unregistered"
    assert kept.is_signed_in()


@spec("OIDC-RPInitiated-3")
def test_another_clients_address_is_not_this_ones(kept: Home, stack: LocalStack) -> None:
    theirs = "https://other.example.com/bye"
    kept.tenant.public_client(post_logout_redirect_uris=(theirs,))
    with nothing_written(stack):
        assert_page(kept.sign_out(id_token_hint=kept.hint, post_logout_redirect_uri=theirs))


@spec("OIDC-RPInitiated-3")
def test_an_address_without_a_client_is_not_followed(home: Home) -> None:
    home.sign_out(post_logout_redirect_uri=LOGOUT_URI, state="s")
    assert home.browser.at("/end_session")
    answer = home.browser.fill(("decision", "sign_out"))
    assert (answer.status, "location" in answer.headers) == (200, False)


@spec("OIDC-RPInitiated-2")
def test_a_client_id_must_be_the_hints(home: Home, stack: LocalStack, capsys: Log) -> None:
    other = ClientApp(home.tenant.public_client(), home.app.caller)
    with nothing_written(stack):
        answer = home.sign_out(id_token_hint=home.hint, client_id=other.client.client_id)
    assert_page(answer)
    assert last_log(capsys)["reason"] == "client_id_mismatch"
    assert home.is_signed_in()
    home.sign_out(id_token_hint=home.hint, client_id=home.app.client.client_id)
    assert not home.is_signed_in()


REFUSED: dict[str, tuple[dict[str, str | list[str]], str]] = {
    "an unknown client": ({"client_id": "nobody"}, "client_unknown"),
    "two client_ids": ({"client_id": ["one", "two"]}, "parameter_repeated"),
    "two states": ({"state": ["one", "two"]}, "parameter_repeated"),
    "two addresses": ({"post_logout_redirect_uri": [LOGOUT_URI, LOGOUT_URI]}, "parameter_repeated"),
}


@spec("OIDC-RPInitiated-4")
@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_does_not_hold_ends_nothing(
    kept: Home, stack: LocalStack, capsys: Log, case: str
) -> None:
    fields, reason = REFUSED[case]
    with nothing_written(stack):
        answer = kept.sign_out(**fields)
    assert_page(answer)
    assert last_log(capsys)["reason"] == reason
    assert kept.is_signed_in()


@spec("OIDC-RPInitiated-3")
def test_who_was_not_signed_in_goes_back_as_well(caller: Caller, kept: Home, stack: LocalStack) -> None:
    fields = {"client_id": kept.app.client.client_id, "post_logout_redirect_uri": LOGOUT_URI, "state": "s"}
    with nothing_written(stack):
        answer = caller.get("/end_session", fields)
    assert (answer.status, answer.location) == (303, LOGOUT_URI + "?state=s")
    page = caller.get("/end_session")
    assert (page.status, "You are signed out" in page.body) == (200, True)
