"""OpenID Connect Session Management section 2: the session_state of an authentication response."""

import base64
import hashlib

import pytest

from chalicelib.protocol.session_state import origin_of
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.issuers import issuer
from tests.support.tenant import REDIRECT_URI, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

COOKIE = "keyturn_session_state"
ORIGIN = "https://app.example.com"


def signed_in(caller: Caller, tenant: Tenant, browser: Browser) -> tuple[ClientApp, str]:
    """An app before a person who just signed in, and what it was told of their session."""
    app = ClientApp(tenant.public_client(), caller)
    answer = browser.authorize(tenant.person(), app.request())
    return app, answer.query["session_state"]


def expected(app: ClientApp, browser: Browser, salt: str, origin: str = ORIGIN) -> str:
    """The specification's example of section 3.2, by another hand."""
    text = f"{app.client.client_id} {origin} {browser.cookies[COOKIE]} {salt}"
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{digest}.{salt}"


@spec("OIDC-Session-2")
def test_it_is_of_the_client_the_origin_and_the_browsers_state(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    assert origin_of(REDIRECT_URI) == ORIGIN
    app, told = signed_in(caller, tenant, browser)
    assert " " not in told
    salt = told.partition(".")[2]
    assert told == expected(app, browser, salt)
    again = browser.open("/authorize", app.request()).query["session_state"]
    assert again != told, "each has a salt of its own"
    assert again == expected(app, browser, again.partition(".")[2])


@spec("OIDC-Session-2")
def test_the_browsers_state_is_another_after_each_sign_in_and_sign_out(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    tokens = app.tokens(browser, person)
    states = [browser.cookies[COOKIE]]
    browser.open("/authorize", app.request())
    assert browser.cookies[COOKIE] == states[0], "nobody signed in or out"
    browser.authorize(person, app.request(prompt="login"))
    states.append(browser.cookies[COOKIE])
    browser.open("/end_session", {"id_token_hint": tokens["id_token"]})
    states.append(browser.cookies[COOKIE])
    tokens = app.tokens(browser, tenant.person())
    states.append(browser.cookies[COOKIE])
    browser.open("/end_session", {"id_token_hint": tokens["id_token"]})
    states.append(browser.cookies[COOKIE])
    assert len(set(states)) == 5, "nor is signed out one state for all"


@spec("OIDC-Session-6")
def test_the_browsers_state_gives_nothing_away_and_opens_nothing(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, _ = signed_in(caller, tenant, browser)
    state, session = browser.cookies[COOKIE], browser.cookies["keyturn_session"]
    sub, _, secret = session.partition(".")
    assert secret not in state
    for value in (state, f"{sub}.{state}"):
        other = Browser(caller, {"keyturn_session": value, COOKIE: state})
        assert other.open("/authorize", app.request(prompt="none")).query["error"] == "login_required"


@spec("OIDC-Session-2")
def test_over_tls_scripts_of_this_host_alone_see_it_in_frames_of_other_sites(stack: LocalStack) -> None:
    with issuer(stack, "https://login.example.com") as secure:
        signed_out = secure.send("GET", "/end_session", cookies={"__Host-session": f"YWRh.{'s' * 43}"})
    (line,) = [line for line in signed_out.cookies if "session_state" in line]
    pair, *attributes = line.split("; ")
    assert pair.partition("=")[0] == "__Host-session_state"
    assert {attribute.lower() for attribute in attributes} == {"path=/", "secure", "samesite=none"}


@spec("OIDC-Session-2")
def test_plain_oauth_is_told_nothing(here: Visit) -> None:
    assert "session_state" not in here.answer(scope="read").query
    assert "session_state" in here.answer(scope="openid").query


@spec("OIDC-Session-2")
@pytest.mark.parametrize("off", ["off", ""])
def test_a_tenant_that_has_it_off_tells_nothing_and_sets_no_cookie(
    caller: Caller, tenant: Tenant, browser: Browser, off: str
) -> None:
    with changed_environment(SESSION_MANAGEMENT=off):
        app = ClientApp(tenant.public_client(), caller)
        answer = browser.authorize(tenant.person(), app.request())
        assert set(answer.query) == {"code", "state", "iss"}
        browser.open("/end_session")
        browser.fill(("decision", "sign_out"))
    assert COOKIE not in browser.cookies


@spec("OIDC-Session-2")
@pytest.mark.parametrize(
    ("redirect_uri", "origin"),
    [
        ("https://app.example.com/callback?x=1", "https://app.example.com"),
        ("https://App.Example.com:443/", "https://app.example.com"),
        ("https://app.example.com:8443/", "https://app.example.com:8443"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234"),
        ("http://[::1]/callback", "http://[::1]"),
        ("http://localhost:80", "http://localhost"),
        ("com.example.app:/callback", "null"),
    ],
)
def test_the_origin_is_written_as_a_browser_does(redirect_uri: str, origin: str) -> None:
    assert origin_of(redirect_uri) == origin
