"""OpenID Connect Back-Channel Logout sections 2.4 and 2.6: a logout token is nothing else, wherever it is
shown, and nothing else is one.
"""

from collections.abc import Callable

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.exchange import ID_TOKEN, JWT, middle
from tests.support.forgery import resign_as_server
from tests.support.http import Answer
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.refusal import assert_page
from tests.support.tenant import API, Person
from tests.support.traceability import spec
from tests.support.wire import nothing_written


@pytest.fixture(params=["as it is", "with the claims of what is expected"])
def logout_token(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person, request: pytest.FixtureRequest
) -> str:
    """As sent, or with claims by which only its type tells that it is another token."""
    app = logouts.app(receiver)
    logouts.sign_out(browser, logouts.sign_in(app, browser, person)["token"])
    logouts.deliver()
    (token,) = receiver.tokens
    if request.param == "as it is":
        return token
    claims = {"events": None, "client_id": app.client.client_id, "scope": "openid read", "auth_time": 1}
    return resign_as_server(logouts.caller, token, **claims)


@spec("OIDC-BackChannel-4.1")
@spec("OIDC-BackChannel-2.6")
def test_it_is_no_id_token_hint(logouts: Logouts, stack: LocalStack, logout_token: str) -> None:
    with nothing_written(stack):
        assert_page(logouts.caller.get("/end_session", {"id_token_hint": logout_token}))


@spec("OIDC-BackChannel-4.1")
@spec("OIDC-BackChannel-2.6")
def test_it_is_no_hint_of_a_sign_in(logouts: Logouts, logout_token: str) -> None:
    app = logouts.app(logouts.receiver())
    answer = logouts.caller.get("/authorize", app.request(id_token_hint=logout_token, prompt="none"))
    assert answer.query["error"] == "invalid_request"


def at_userinfo(logouts: Logouts, token: str) -> Answer:
    return logouts.caller.get("/userinfo", authorization=f"Bearer {token}")


def exchanged_as(kind: str | None) -> Callable[[Logouts, str], Answer]:
    def exchange(logouts: Logouts, token: str) -> Answer:
        made = middle(logouts.caller, logouts.tenant)
        return made.exchange(token, **({"subject_token_type": kind} if kind else {}))

    return exchange


SHOWN: dict[str, tuple[Callable[[Logouts, str], Answer], int, str]] = {
    "at userinfo": (at_userinfo, 401, "invalid_token"),
    "exchanged as an access token": (exchanged_as(None), 400, "invalid_request"),
    "exchanged as an ID token": (exchanged_as(ID_TOKEN), 400, "invalid_request"),
    "exchanged as a JWT": (exchanged_as(JWT), 400, "invalid_request"),
}


@spec("OIDC-BackChannel-4.1")
@spec("OIDC-BackChannel-2.6")
@pytest.mark.parametrize("shown", SHOWN)
def test_it_is_no_token_of_another_kind(logouts: Logouts, logout_token: str, shown: str) -> None:
    show, status, error = SHOWN[shown]
    answer = show(logouts, logout_token)
    assert (answer.status, answer.json["error"]) == (status, error)


@spec("OIDC-BackChannel-4.1")
@spec("OIDC-BackChannel-2.6")
def test_it_is_inactive_at_introspection(logouts: Logouts, logout_token: str) -> None:
    api = ClientApp(logouts.tenant.resource_server(API)[1], logouts.caller)
    assert api.post("/introspect", {"token": logout_token}).json == {"active": False}


@spec("OIDC-BackChannel-4.1")
@spec("OIDC-BackChannel-2.6")
def test_no_id_token_and_no_access_token_has_what_makes_a_logout_token(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    tokens = logouts.app(receiver).tokens(browser, person, scope="openid read")
    for name in ("id_token", "access_token"):
        header, claims = unverified(tokens[name])
        assert header["typ"] != "logout+jwt"
        assert "events" not in claims


@spec("OIDC-BackChannel-2.4")
def test_it_never_has_a_nonce(logouts: Logouts, receiver: Receiver, browser: Browser, person: Person) -> None:
    """By which an ID token is told from it where a library does not look at the type."""
    app = logouts.app(receiver)
    signed_in = logouts.sign_in(app, browser, person, nonce="a nonce of the request")
    assert signed_in["nonce"]
    logouts.sign_out(browser, signed_in["token"])
    logouts.deliver()
    assert "nonce" not in unverified(receiver.tokens[0])[1]
