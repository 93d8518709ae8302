"""OpenID Connect RP-Initiated Logout section 2: who is asked may sign out of every browser at once."""

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.home import COOKIE, Home
from tests.support.http import Caller
from tests.support.refusal import assert_page, last_log
from tests.support.tenant import LOGOUT_URI
from tests.support.traceability import spec
from tests.support.wire import nothing_written

EVERYWHERE = ("decision", "sign_out_everywhere")


def silent(home: Home, caller: Caller, cookie: str) -> dict[str, str]:
    return Browser(caller, {COOKIE: cookie}).open("/authorize", home.app.request(prompt="none")).query


@spec("OIDC-RPInitiated-2")
def test_every_session_and_grant_of_the_person_ends_and_nobody_elses(
    home: Home, caller: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    app, other = home.app, ClientApp(home.tenant.public_client(), caller)
    elsewhere = Browser(caller)
    theirs = other.tokens(elsewhere, home.person, scope="openid offline_access read")
    bound = app.tokens(elsewhere, home.person, scope="openid read")
    waiting = other.code(elsewhere, home.person, scope="openid")
    somebody = Browser(caller)
    kept = app.tokens(somebody, home.tenant.person(), scope="openid offline_access read")

    page = home.sign_out(client_id=app.client.client_id, post_logout_redirect_uri=LOGOUT_URI)
    assert (page.status, EVERYWHERE in forms(page.body)[0].buttons) == (200, True)
    capsys.readouterr()
    answer = home.browser.fill(EVERYWHERE)
    assert (answer.status, answer.location) == (303, LOGOUT_URI)
    assert last_log(capsys)["outcome"] == "signed_out_everywhere"

    assert not home.is_signed_in()
    assert silent(home, caller, elsewhere.cookies[COOKIE])["error"] == "login_required"
    assert other.refresh(theirs["refresh_token"]).error == "invalid_grant"
    assert other.redeem(waiting).error == "invalid_grant"
    assert caller.get("/userinfo", authorization=f"Bearer {bound['access_token']}").status == 401
    assert silent(home, caller, somebody.cookies[COOKIE])["error"] == "consent_required"
    assert app.refresh(kept["refresh_token"]).status == 200
    # And they can sign in again.
    assert "code" in Browser(caller).authorize(home.person, app.request()).query


@spec("OIDC-RPInitiated-2")
def test_the_page_says_so_where_there_is_nowhere_to_go(home: Home) -> None:
    home.sign_out()
    assert "You are signed out everywhere" in home.browser.fill(EVERYWHERE).body


@spec("OIDC-FrontChannel-3")
def test_it_says_so_too_where_clients_are_told_in_the_browser(home: Home, caller: Caller) -> None:
    told = "https://app.example.com/signed-out-at-the-server"
    app = ClientApp(home.tenant.public_client(frontchannel_logout_uri=told), caller)
    app.tokens(home.browser, home.person, scope="openid")
    home.sign_out()
    body = home.browser.fill(EVERYWHERE).body
    assert f'<iframe src="{told}?' in body
    assert "<h1>You are signed out everywhere</h1>" in body
    assert "in any browser" in body


@spec("OIDC-RPInitiated-6")
def test_a_client_or_another_site_can_not_ask_for_it(
    kept: Home, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_written(stack):
        by_link = kept.sign_out(decision="sign_out_everywhere", client_id=kept.app.client.client_id)
        assert by_link.status == 200
        assert_page(
            kept.browser.submit("/end_session", {"decision": "sign_out_everywhere", "csrf": "0" * 64})
        )
    assert last_log(capsys)["reason"] == "csrf"
    assert kept.is_signed_in()
