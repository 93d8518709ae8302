"""OpenID Connect Back-Channel Logout section 2.4: what a logout token says."""

import time

import jwt
import pytest

from chalicelib.record import replace
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.client_secret import ciphertext
from tests.support.encryption_key import decrypted, encryption_key, public_jwk
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.operator import people
from tests.support.tenant import SECRET, Person
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


@spec("OIDC-BackChannel-2.4")
def test_a_client_whose_id_tokens_are_not_signed_gets_a_signed_logout_token(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver, id_token_signed_response_alg="none")
    tokens = app.tokens(browser, person)
    assert unverified(tokens["id_token"])[0]["alg"] == "none"
    logouts.end(browser)
    (token,) = receiver.tokens
    assert unverified(token)[0]["alg"] == "RS256"
    assert logouts.claims(token, app.client)["sub"] == person.sub


@spec("OIDC-BackChannel-2.4")
def test_a_logout_token_has_an_hmac_where_id_tokens_have_one(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    client = logouts.tenant.client()
    client = logouts.tenant.put_client(
        replace(
            client,
            backchannel_logout_uri=receiver.uri,
            client_secret_ciphertexts=(ciphertext(client.client_id, SECRET),),
            id_token_signed_response_alg="HS256",
        )
    )
    ClientApp(client, logouts.caller).tokens(browser, person)
    logouts.end(browser)
    (token,) = receiver.tokens
    claims = jwt.decode(
        token, SECRET, algorithms=["HS256"], audience=client.client_id, issuer=logouts.caller.issuer
    )
    assert claims["sub"] == person.sub
    assert unverified(token)[0] == {"alg": "HS256", "typ": "logout+jwt"}


@spec("OIDC-BackChannel-2.4")
def test_a_logout_token_is_encrypted_where_id_tokens_are(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    key = encryption_key()
    app = logouts.app(
        receiver,
        jwks={"keys": [public_jwk(key)]},
        id_token_encrypted_response_alg="ECDH-ES",
        id_token_encrypted_response_enc="A256GCM",
    )
    app.tokens(browser, person)
    logouts.end(browser)
    header, content = decrypted(receiver.tokens[0], key)
    assert (header["alg"], header["enc"], header["cty"]) == ("ECDH-ES", "A256GCM", "JWT")
    assert unverified(content.decode())[0]["typ"] == "logout+jwt"
    assert logouts.claims(content.decode(), app.client)["sub"] == person.sub


@spec("OIDC-BackChannel-2.4")
def test_a_client_that_can_not_be_encrypted_to_is_tried_again_and_is_sent_nothing_plain(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver)
    signed_in = logouts.sign_in(app, browser, person)
    logouts.tenant.put_client(
        replace(
            app.client,
            id_token_encrypted_response_alg="ECDH-ES",
            id_token_encrypted_response_enc="A256GCM",
            jwks={"keys": []},
        )
    )
    logouts.sign_out(browser, signed_in["token"])
    logouts.deliver()
    assert receiver.bodies == []
    assert len(logouts.stack.later.waiting()) == 1


@spec("OIDC-BackChannel-2.4")
def test_who_is_signed_out_everywhere_is_so_by_one_token_without_a_sid(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    """Section 2.4: where there is no sid, all sessions of the person are meant."""
    app = logouts.app(receiver)
    logouts.sign_in(app, browser, person)
    logouts.sign_in(app, Browser(logouts.caller), person)
    people().sign_out(person.sub, now=int(time.time()))
    logouts.deliver()
    (token,) = receiver.tokens
    claims = logouts.claims(token, app.client)
    assert claims["sub"] == person.sub
    assert "sid" not in claims


@spec("OIDC-BackChannel-2.2")
def test_a_client_that_needs_a_sid_is_told_of_each_session(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver, backchannel_logout_session_required=True)
    sids = {
        logouts.sign_in(app, one, person)["sid"] for one in (browser, Browser(logouts.caller)) for _ in "ab"
    }
    people().sign_out(person.sub, now=int(time.time()))
    logouts.deliver()
    assert len(receiver.tokens) == 2
    assert {logouts.claims(token, app.client)["sid"] for token in receiver.tokens} == sids


@spec("OIDC-BackChannel-2.4")
def test_a_client_of_pairwise_subjects_is_told_its_own_name_of_the_person(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> None:
    app = logouts.app(receiver, subject_type="pairwise")
    signed_in = logouts.sign_in(app, browser, person)
    assert signed_in["sub"] != person.sub
    logouts.end(browser)
    claims = logouts.claims(receiver.tokens[0], app.client)
    assert (claims["sub"], claims["sid"]) == (signed_in["sub"], signed_in["sid"])
