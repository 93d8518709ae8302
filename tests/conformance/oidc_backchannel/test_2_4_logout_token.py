"""OpenID Connect Back-Channel Logout section 2.4: what a logout token says."""

import time

import pytest

from tests.support.browser import Browser
from tests.support.client_app import unverified
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.tenant import Person
from tests.support.traceability import spec

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@spec("OIDC-BackChannel-2.4")
def test_a_logout_token_says_who_signed_out_where(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver)
    signed_in = logouts.sign_in(app, browser, person)
    before = int(time.time())
    logouts.sign_out(browser, signed_in["token"])
    assert receiver.tokens == []
    assert logouts.deliver() == 1
    (token,) = receiver.tokens
    header, _ = unverified(token)
    assert (header["typ"], header["alg"]) == ("logout+jwt", "RS256")
    claims = logouts.claims(token, app.client)
    issued_at, jti = claims.pop("iat"), claims.pop("jti")
    assert before <= issued_at <= time.time()
    assert len(jti) == 22
    assert claims == {
        "iss": logouts.caller.issuer,
        "aud": app.client.client_id,
        "sub": signed_in["sub"],
        "sid": signed_in["sid"],
        "exp": issued_at + 120,
        "events": {EVENT: {}},
    }


@spec("OIDC-BackChannel-2.4")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256"])
def test_a_logout_token_is_signed_as_the_clients_id_tokens_are(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person, alg: str
) -> None:
    app = logouts.app(receiver, id_token_signed_response_alg=alg)
    logouts.sign_out(browser, logouts.sign_in(app, browser, person)["token"])
    logouts.deliver()
    (token,) = receiver.tokens
    assert unverified(token)[0]["alg"] == alg
    assert logouts.claims(token, app.client)["sub"] == person.sub
