"""OpenID Connect RP-Initiated Logout section 2: who may end a session at once, and what ends with it."""

import time
from collections.abc import Callable

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.forged_tokens import FORGED
from tests.support.home import Home
from tests.support.http import Caller, encode
from tests.support.refusal import assert_page, last_log
from tests.support.tenant import LOGOUT_URI, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
FORM = {"content-type": "application/x-www-form-urlencoded"}


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_client_with_the_sessions_own_id_token_ends_it_at_once(
    home: Home, capsys: Log, method: str
) -> None:
    fields = {"id_token_hint": home.hint}
    capsys.readouterr()
    send = home.browser.open if method == "GET" else home.browser.submit
    answer = send("/end_session", fields)
    assert (answer.status, "You are signed out" in answer.body) == (200, True)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.cookies[0] == "keyturn_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    assert last_log(capsys, home.hint)["outcome"] == "signed_out"
    assert "keyturn_session" not in home.browser.cookies
    assert not home.is_signed_in()


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "EdDSA"])
def test_the_hint_may_have_expired(caller: Caller, tenant: Tenant, browser: Browser, alg: str) -> None:
    app = ClientApp(tenant.public_client(id_token_signed_response_alg=alg), caller)
    hint = app.tokens(browser, tenant.person())["id_token"]
    month_ago = int(time.time()) - 30 * 86_400
    expired = forgery.resign_as_server(caller, hint, iat=month_ago - 600, exp=month_ago)
    answer = browser.open("/end_session", {"id_token_hint": expired})
    assert "You are signed out" in answer.body
    assert browser.open("/authorize", app.request(prompt="none")).query["error"] == "login_required"


@spec("OIDC-RPInitiated-2")
def test_what_was_bound_to_the_session_ends_and_offline_access_stays(home: Home) -> None:
    app, browser = home.app, home.browser
    other = ClientApp(home.tenant.public_client(), app.caller)
    bound = {
        "this app's": (app, app.tokens(browser, home.person, scope="read")),
        "another app's": (other, other.tokens(browser, home.person, scope="read")),
    }
    userinfo = app.redeem(app.code(browser, home.person, scope="openid")).json["access_token"]
    waiting = app.code(browser, home.person, scope="openid")
    # Another person's, and the same person's in another browser, have nothing to do with it.
    elsewhere = app.tokens(Browser(app.caller), home.person, scope="read")
    somebody = app.tokens(Browser(app.caller), home.tenant.person(), scope="read")

    home.sign_out(id_token_hint=home.hint)
    for whose, (client, tokens) in bound.items():
        refused = client.refresh(tokens["refresh_token"])
        assert (refused.status, refused.error) == (400, "invalid_grant"), whose
    assert app.caller.get("/userinfo", authorization=f"Bearer {userinfo}").status == 401
    assert app.redeem(waiting).error == "invalid_grant"
    assert app.refresh(home.tokens["refresh_token"]).status == 200
    assert app.refresh(elsewhere["refresh_token"]).status == 200
    assert app.refresh(somebody["refresh_token"]).status == 200


@spec("OIDC-RPInitiated-2")
def test_a_hint_without_a_live_session_says_it_is_done(home: Home, stack: LocalStack) -> None:
    home.sign_out(id_token_hint=home.hint)
    with nothing_written(stack):
        again = home.sign_out(id_token_hint=home.hint, post_logout_redirect_uri=LOGOUT_URI)
    assert (again.status, again.location) == (303, LOGOUT_URI)


ASKED: dict[str, Callable[[Home], dict[str, str]]] = {
    "no hint": lambda _home: {},
    "a client_id alone": lambda home: {"client_id": home.app.client.client_id},
    "a hint of another person": lambda home: {
        "id_token_hint": home.app.tokens(Browser(home.app.caller), home.tenant.person())["id_token"]
    },
    "a hint of another session": lambda home: {
        "id_token_hint": home.app.tokens(Browser(home.app.caller), home.person)["id_token"]
    },
    "a hint without a sid": lambda home: {
        "id_token_hint": forgery.resign_as_server(home.app.caller, home.hint, sid=None)
    },
    "a logout_hint": lambda home: {"logout_hint": home.person.login, "ui_locales": "fr"},
}


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("case", ASKED)
def test_anybody_else_makes_us_ask(home: Home, stack: LocalStack, capsys: Log, case: str) -> None:
    fields = ASKED[case](home)
    with nothing_written(stack):
        answer = home.sign_out(**fields, post_logout_redirect_uri=LOGOUT_URI)
        assert (answer.status, home.browser.at("/end_session")) == (200, True)
        assert "Ada Lovelace" in answer.body
        assert last_log(capsys)["outcome"] == "asked"
        home.browser.fill(("decision", "stay"))
    assert home.is_signed_in()
    home.sign_out(**fields)
    assert home.browser.fill(("decision", "sign_out")).status == 200
    assert not home.is_signed_in()


@spec("OIDC-RPInitiated-6")
@pytest.mark.parametrize("case", ["missing", "invented", "of another browser", "of another session"])
@pytest.mark.parametrize("decision", ["sign_out", "stay"])
def test_nobody_is_signed_out_by_a_form_of_another_site(
    home: Home, stack: LocalStack, capsys: Log, *, case: str, decision: str
) -> None:
    (form,) = forms(home.sign_out().body)
    attacker = Browser(home.app.caller)
    attacker.authorize(
        home.person if case == "of another session" else home.tenant.person(), home.app.request()
    )
    if case == "of another session":
        attacker.cookies["keyturn_browser"] = home.browser.cookies["keyturn_browser"]
    theirs = forms(attacker.open("/end_session").body)[0].fields["csrf"]
    token = {"missing": "", "invented": "0" * 64}.get(case, theirs)
    with nothing_written(stack):
        answer = home.browser.submit("/end_session", {**form.fields, "csrf": token, "decision": decision})
    assert_page(answer)
    assert last_log(capsys)["reason"] == "csrf"
    assert home.is_signed_in()


@spec("OIDC-RPInitiated-6")
def test_the_question_can_not_be_answered_by_a_link(kept: Home, stack: LocalStack) -> None:
    (form,) = forms(kept.sign_out().body)
    with nothing_written(stack):
        answer = kept.sign_out(**form.fields, decision="sign_out")
    assert (answer.status, kept.browser.at("/end_session")) == (200, True)
    assert kept.is_signed_in()


@spec("OIDC-RPInitiated-6")
def test_a_decision_that_is_neither_leaves_the_session(kept: Home, stack: LocalStack) -> None:
    (form,) = forms(kept.sign_out().body)
    with nothing_written(stack):
        kept.browser.submit("/end_session", {**form.fields, "decision": "perhaps"})
    assert kept.is_signed_in()


@spec("OIDC-RPInitiated-2")
def test_a_post_from_another_site_comes_again_as_a_get_with_its_cookies(
    home: Home, stack: LocalStack
) -> None:
    fields = {"id_token_hint": home.hint, "state": "a b", "unknown": "dropped"}
    with nothing_written(stack):
        answer = home.app.caller.send("POST", "/end_session", headers=FORM, body=encode(fields).encode())
    assert (answer.status, answer.cookies) == (303, ())
    assert answer.location.startswith("/end_session?")
    assert answer.query == {"id_token_hint": home.hint, "state": "a b"}
    home.browser.open(answer.location)
    assert not home.is_signed_in()


@spec("OIDC-RPInitiated-4")
@pytest.mark.parametrize("forged", FORGED)
def test_a_hint_this_server_never_made_ends_nothing(
    kept: Home, stack: LocalStack, capsys: Log, forged: str
) -> None:
    hint = FORGED[forged](kept.app.caller, kept.hint)
    with nothing_written(stack):
        answer = kept.sign_out(id_token_hint=hint, post_logout_redirect_uri=LOGOUT_URI)
    assert_page(answer)
    assert last_log(capsys, hint)["reason"] == "hint_invalid"


@spec("OIDC-RPInitiated-4")
def test_an_access_token_is_no_hint(kept: Home, stack: LocalStack) -> None:
    for kind in ("access_token", "refresh_token"):
        with nothing_written(stack):
            assert_page(kept.sign_out(id_token_hint=kept.tokens[kind]))
    assert kept.is_signed_in()


def test_other_methods_are_told_which_are_served(caller: Caller) -> None:
    answer = caller.send("PUT", "/end_session")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
