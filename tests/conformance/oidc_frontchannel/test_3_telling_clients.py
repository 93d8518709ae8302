"""OpenID Connect Front-Channel Logout sections 2 and 3: clients are told in the browser of a logout."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.protocol.frontchannel_logout import MAX_FRAMES
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_page
from tests.support.tenant import LOGOUT_URI, Person, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

URI = "https://app.example.com/front"
FRAME = re.compile(r'<iframe src="([^"]*)"')


def app_told_at(tenant: Tenant, caller: Caller, uri: str | None = URI, **changes: Any) -> ClientApp:
    return ClientApp(tenant.public_client(frontchannel_logout_uri=uri, **changes), caller)


def frames(answer: Answer) -> list[str]:
    return [found.replace("&amp;", "&") for found in FRAME.findall(answer.body)]


def policy(answer: Answer, name: str) -> list[str]:
    directives = answer.headers["content-security-policy"].split("; ")
    return [one for each in directives if each.startswith(f"{name} ") for one in each.split()[1:]]


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()


@spec("OIDC-FrontChannel-3")
@pytest.mark.parametrize("subject_type", ["public", "pairwise"])
@pytest.mark.parametrize("asks", [True, False])
def test_a_client_is_told_which_session_ended_in_a_frame_of_its_own(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person, *, asks: bool, subject_type: str
) -> None:
    app = app_told_at(tenant, caller, frontchannel_logout_session_required=asks, subject_type=subject_type)
    hint = app.tokens(browser, person)["id_token"]
    answer = browser.open("/end_session", {"id_token_hint": hint})
    (frame,) = frames(answer)
    assert frame.partition("?")[0] == URI
    expected = {"iss": [caller.issuer], "sid": [unverified(hint)[1]["sid"]]}
    assert parse_qs(urlsplit(frame).query) == expected
    assert policy(answer, "frame-src") == [URI]
    assert "You are signed out" in answer.body
    assert 'id="onward"' not in answer.body, "nowhere to go on to"


@spec("OIDC-FrontChannel-2")
def test_a_query_of_its_own_stays(caller: Caller, tenant: Tenant, browser: Browser, person: Person) -> None:
    app = app_told_at(tenant, caller, URI + ";a,b?x=1&y=%20")
    hint = app.tokens(browser, person)["id_token"]
    answer = browser.open("/end_session", {"id_token_hint": hint})
    (frame,) = frames(answer)
    assert frame.startswith(URI + ";a,b?x=1&y=%20&iss=")
    assert policy(answer, "frame-src") == [URI + "%3Ba%2Cb"], "it can't end the directive"


@spec("OIDC-FrontChannel-3")
def test_every_client_of_this_session_is_told_and_no_other(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person
) -> None:
    told = {
        f"https://app.example.com/{name}": app_told_at(tenant, caller, f"https://app.example.com/{name}")
        for name in ("first", "second", "offline", "code", "revoked")
    }
    scopes = {"offline": "openid offline_access read", "first": "openid"}
    tokens = {}
    for uri, app in told.items():
        name = uri.rpartition("/")[2]
        code = app.code(browser, person, scope=scopes.get(name, "openid read"))
        if name != "code":
            tokens[name] = app.redeem(code).json
    revoked = told["https://app.example.com/revoked"]
    revoked.caller.post(
        "/revoke", {"client_id": revoked.client.client_id, "token": tokens["revoked"]["access_token"]}
    )
    app_told_at(tenant, caller, None).tokens(browser, person)
    elsewhere = app_told_at(tenant, caller, "https://app.example.com/elsewhere")
    elsewhere.tokens(Browser(caller), person)
    app_told_at(tenant, caller, "https://app.example.com/never-used")
    answer = browser.open("/end_session", {"id_token_hint": tokens["first"]["id_token"]})
    assert {frame.partition("?")[0] for frame in frames(answer)} == set(told)
    assert set(policy(answer, "frame-src")) == set(told)


@spec("OIDC-FrontChannel-3")
def test_the_person_goes_on_to_the_client_after_that(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person
) -> None:
    """By a script once all frames are loaded, by the page itself after some seconds, or by its link."""
    app = app_told_at(tenant, caller)
    hint = app.tokens(browser, person)["id_token"]
    fields = {"id_token_hint": hint, "post_logout_redirect_uri": LOGOUT_URI, "state": "a b&\"'<é"}
    answer = browser.open("/end_session", fields)
    assert (answer.status, len(frames(answer))) == (200, 1)
    onward = LOGOUT_URI + "?state=a%20b%26%22%27%3C%C3%A9"
    assert f'<a class="button" id="onward" href="{onward}">' in answer.body
    assert f'<noscript><meta http-equiv="refresh" content="4; url={onward}"></noscript>' in answer.body
    again = browser.open("/end_session", fields)
    assert (again.status, again.location) == (303, onward), "there is nothing left to tell"


@spec("OIDC-FrontChannel-3")
def test_who_was_asked_first_is_told_of_the_same(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person, stack: LocalStack
) -> None:
    app = app_told_at(tenant, caller)
    app.tokens(browser, person)
    with nothing_written(stack):
        asked = browser.open("/end_session", {"client_id": app.client.client_id})
    assert frames(asked) == []
    assert policy(asked, "frame-src") == []
    assert len(frames(browser.fill(("decision", "sign_out")))) == 1


@spec("OIDC-FrontChannel-3")
def test_clients_of_somebody_who_was_replaced_in_this_browser_are_told_too(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person
) -> None:
    app = app_told_at(tenant, caller)
    before = unverified(app.tokens(browser, person)["id_token"])[1]["sid"]
    browser.open("/authorize", app.request(prompt="login"))
    browser.sign_in(tenant.person())
    answer = browser.consent()
    hint = app.redeem(answer.query["code"]).json["id_token"]
    told = frames(browser.open("/end_session", {"id_token_hint": hint}))
    sids = {parse_qs(urlsplit(frame).query)["sid"][0] for frame in told}
    assert sids == {before, unverified(hint)[1]["sid"]}


@spec("OIDC-FrontChannel-3")
def test_so_many_are_told_and_no_more(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person
) -> None:
    for number in range(MAX_FRAMES + 2):
        app = app_told_at(tenant, caller, f"https://app.example.com/{number}")
        hint = app.tokens(browser, person, scope="openid")["id_token"]
    assert len(frames(browser.open("/end_session", {"id_token_hint": hint}))) == MAX_FRAMES


@spec("OIDC-FrontChannel-5")
@spec("OIDC-FrontChannel-4.1")
def test_the_page_itself_is_framed_by_nobody_and_its_frames_lead_it_nowhere(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person
) -> None:
    app = app_told_at(tenant, caller)
    hint = app.tokens(browser, person)["id_token"]
    answer = browser.open("/end_session", {"id_token_hint": hint})
    assert policy(answer, "frame-ancestors") == ["'none'"]
    (sandbox,) = re.findall(r'sandbox="([^"]*)"', answer.body)
    assert not {"allow-top-navigation", "allow-popups", "allow-modals"} & set(sandbox.split())
    assert 'referrerpolicy="no-referrer"' in answer.body


@spec("OIDC-FrontChannel-3")
def test_a_request_that_does_not_hold_tells_nobody(
    caller: Caller, tenant: Tenant, browser: Browser, person: Person, stack: LocalStack
) -> None:
    app = app_told_at(tenant, caller)
    hint = app.tokens(browser, person)["id_token"]
    with nothing_written(stack):
        answer = browser.open(
            "/end_session", {"id_token_hint": hint, "post_logout_redirect_uri": "https://evil.example/"}
        )
    assert_page(answer)
    assert frames(answer) == []


@spec("OIDC-FrontChannel-3")
def test_discovery_says_so(caller: Caller) -> None:
    document = caller.get("/.well-known/openid-configuration").json
    assert document["frontchannel_logout_supported"] is True
    assert document["frontchannel_logout_session_supported"] is True
