"""OpenID Connect Back-Channel Logout section 2.5: how the token comes, and signing out waits for nobody."""

import re

from tests.support.browser import Browser
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.race import at_once
from tests.support.tenant import LOGOUT_URI, Person
from tests.support.traceability import spec


@spec("OIDC-BackChannel-2.5")
def test_the_token_is_posted_as_a_form_and_nothing_else_is(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    logouts.sign_out(browser, logouts.sign_in(logouts.app(receiver), browser, person)["token"])
    logouts.deliver()
    (head,), (body,) = receiver.heads(), receiver.bodies
    assert head.startswith(f"POST {receiver.path} HTTP/1.1\r\n")
    assert re.search(r"(?im)^content-type: application/x-www-form-urlencoded\r?$", head)
    assert re.fullmatch(rb"logout_token=[\w-]+\.[\w-]+\.[\w-]+", body)
    assert "cookie" not in head.lower()


@spec("OIDC-BackChannel-2.5")
def test_the_uri_keeps_its_query(logouts: Logouts, browser: Browser, person: Person) -> None:
    receiver = logouts.receiver()
    receiver.path += "?tenant=a&b=%20"
    receiver.answer("200 OK")
    logouts.sign_out(browser, logouts.sign_in(logouts.app(receiver), browser, person)["token"])
    logouts.deliver()
    assert len(receiver.tokens) == 1


@spec("OIDC-BackChannel-2.5")
def test_signing_out_waits_for_no_client(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver)
    signed_in = logouts.sign_in(app, browser, person)
    connections = logouts.origin.connections
    fields = {"id_token_hint": signed_in["token"], "post_logout_redirect_uri": LOGOUT_URI}
    assert browser.open("/end_session", fields).location == LOGOUT_URI
    assert logouts.origin.connections == connections


@spec("OIDC-BackChannel-2.5")
def test_a_logout_that_is_told_twice_is_of_two_tokens(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    """Lambda may bring an event twice."""
    app = logouts.app(receiver)
    logouts.sign_out(browser, logouts.sign_in(app, browser, person)["token"])
    (event,) = [due.event for due in logouts.stack.later.waiting()]
    logouts.deliver()
    logouts.stack.invoke("backchannel_logout", event)
    first, second = (logouts.claims(token, app.client) for token in receiver.tokens)
    assert first["jti"] != second["jti"]
    assert (first["sub"], first["sid"]) == (second["sub"], second["sid"])


@spec("OIDC-BackChannel-2.5")
def test_two_logouts_at_once_tell_each_client_and_harm_nothing(
    logouts: Logouts, browser: Browser, person: Person
) -> None:
    receivers = [logouts.receiver() for _ in range(3)]
    apps = [logouts.app(one) for one in receivers]
    tokens = [logouts.sign_in(app, browser, person)["token"] for app in apps]

    def sign_out() -> int:
        """As one of two tabs: with the same cookies."""
        tab = Browser(logouts.caller, dict(browser.cookies))
        return tab.open("/end_session", {"id_token_hint": tokens[0]}).status

    assert at_once(sign_out, 2) == [200, 200]
    logouts.deliver()
    for app, receiver in zip(apps, receivers, strict=True):
        told = [logouts.claims(token, app.client) for token in receiver.tokens]
        assert 1 <= len(told) <= 2
        assert {claims["sub"] for claims in told} == {person.sub}
        assert len({claims["jti"] for claims in told}) == len(told)
    assert logouts.stack.later.waiting() == []
