"""OpenID Connect Back-Channel Logout section 2.7: what ends with the session, and what stays."""

from tests.support.browser import Browser
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.tenant import Person
from tests.support.traceability import spec


@spec("OIDC-BackChannel-2.7")
def test_refresh_tokens_of_the_session_are_revoked_and_those_of_offline_access_stay(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver)
    bound = app.tokens(browser, person, scope="read")
    offline = app.tokens(browser, person, scope="openid offline_access")
    logouts.sign_out(browser, offline["id_token"])
    logouts.deliver()
    assert len(receiver.tokens) == 1
    assert app.refresh(bound["refresh_token"]).error == "invalid_grant"
    assert app.refresh(offline["refresh_token"]).status == 200
