"""OpenID Connect Core section 3.1.2.1, id_token_hint: ID tokens not signed with the server's keys."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.client_secret import OTHER, ciphertext, hmac_assertion, hs256_client
from tests.support.home import COOKIE, Home
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Claims = dict[str, Any]


@pytest.fixture
def known(caller: Caller, tenant: Tenant) -> Visit:
    """Somebody signed in before a client whose ID tokens have an HMAC by its secret."""
    client_id = tenant.client().client_id
    client = tenant.client(
        client_id=client_id,
        client_secret_ciphertexts=(ciphertext(client_id, SECRET),),
        id_token_signed_response_alg="HS256",
    )
    return visit(caller, tenant, client)


def id_token(known: Visit) -> str:
    token: str = known.app.redeem(known.code()).json["id_token"]
    return token


def published_keys(caller: Caller) -> list[bytes]:
    """The server's public keys in every form in which somebody might take one for a secret."""
    jwks = [jwk for jwk in caller.get("/jwks").json["keys"] if jwk.get("use") != "enc"]
    forms = [
        jwt.PyJWK(jwk).key.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
        for jwk in jwks
        for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER)
    ]
    return [*forms, *(json.dumps(jwk).encode() for jwk in jwks)]


@spec("OIDC-Core-3.1.2.1")
def test_a_hint_with_an_hmac_by_the_clients_secret_counts_expired_too(known: Visit) -> None:
    hint = id_token(known)
    header, claims = unverified(hint)
    assert header["alg"] == "HS256"
    hour_ago = int(time.time()) - 3_600
    expired = hmac_assertion({**claims, "iat": hour_ago - 600, "exp": hour_ago}, SECRET)
    for one in (hint, expired):
        assert "code" in known.answer(id_token_hint=one, prompt="none").query
    another = hmac_assertion({**claims, "sub": "another"}, SECRET)
    assert_refused(known.answer(id_token_hint=another, prompt="none"), known.app, "login_required")


HOSTILE: dict[str, Callable[[Claims, Caller], list[str]]] = {
    "by another secret": lambda claims, _: [hmac_assertion(claims, OTHER), hmac_assertion(claims, "")],
    "by a public key": lambda claims, caller: [hmac_assertion(claims, key) for key in published_keys(caller)],
    "without a signature": lambda claims, _: [
        jwt.encode(claims, "", algorithm="none", headers={"typ": "JWT"}),
        hmac_assertion(claims, SECRET, announced="none"),
        hmac_assertion(claims, SECRET).rpartition(".")[0] + ".",
    ],
    "by another hash": lambda claims, _: [
        hmac_assertion(claims, SECRET, alg="HS512"),
        hmac_assertion(claims, SECRET, alg="HS512", announced="HS256"),
    ],
    "of another type": lambda claims, _: [
        hmac_assertion(claims, SECRET, typ="logout+jwt"),
        hmac_assertion(claims, SECRET, typ=None),
    ],
    "of another issuer": lambda claims, _: [
        hmac_assertion({**claims, "iss": "https://evil.example"}, SECRET)
    ],
    "for several clients": lambda claims, _: [
        hmac_assertion({**claims, "aud": [claims["aud"], "another"]}, SECRET)
    ],
    "encrypted": lambda claims, _: [
        ".".join((base64.urlsafe_b64encode(json.dumps(claims).encode()).decode(), "", "iv", "text", "tag"))
    ],
}


@spec("OIDC-Core-3.1.2.1")
@spec("OIDC-Core-16.11")
@pytest.mark.parametrize("case", HOSTILE)
def test_any_other_is_refused(
    stack: LocalStack, known: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    claims = unverified(id_token(known))[1]
    for hint in HOSTILE[case](claims, known.app.caller):
        with nothing_written(stack):
            answer = known.answer(id_token_hint=hint, prompt="none")
        assert_refused(answer, known.app, "invalid_request")
        assert last_log(capsys, hint)["reason"] == "hint_invalid"


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("registered", ["RS256", "ES256", "none"])
def test_an_hmac_for_a_client_of_other_tokens_is_none(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], registered: str
) -> None:
    """Its secret is known to it as well: it could name anybody."""
    client_id = tenant.client().client_id
    client = tenant.client(
        client_id=client_id,
        client_secret_ciphertexts=(ciphertext(client_id, SECRET),),
        id_token_signed_response_alg=registered,
    )
    known = visit(caller, tenant, client)
    own = id_token(known)
    hints = [hmac_assertion(unverified(own)[1], SECRET)] + [own] * (registered == "none")
    for hint in hints:
        answer = known.answer(id_token_hint=hint, prompt="none")
        assert_refused(answer, known.app, "invalid_request")
        assert last_log(capsys, hint)["reason"] == "hint_invalid"


@spec("OIDC-Core-17")
def test_an_app_nobody_allowed_anything_does_not_learn_who_is_signed_in(
    stack: LocalStack, known: Visit, tenant: Tenant
) -> None:
    """It writes one hint after the other with its own secret, and asks in a frame that nobody sees."""
    stranger = ClientApp(hs256_client(tenant), known.app.caller)
    claims = {**unverified(id_token(known))[1], "aud": stranger.client.client_id}
    told = []
    for sub in (known.person.sub, "somebody-else"):
        hint = hmac_assertion({**claims, "sub": sub}, SECRET)
        with nothing_written(stack):
            fields = stranger.request(id_token_hint=hint, prompt="none")
            told.append(known.browser.open("/authorize", fields).query)
    assert told[0]["error"] == "consent_required"
    assert told == [told[0]] * 2


@spec("OIDC-Core-17.3")
@pytest.mark.parametrize("subject_type", ["pairwise", "public"])
def test_a_client_can_not_have_the_sub_of_another_sector_looked_up(
    stack: LocalStack, caller: Caller, tenant: Tenant, *, subject_type: str
) -> None:
    """Ending a session at once would say that its person is who another client knows by that sub."""
    person, browser = tenant.person(), Browser(caller)
    theirs = ClientApp(tenant.public_client(subject_type="pairwise"), caller).tokens(browser, person)
    sub = unverified(theirs["id_token"])[1]["sub"]
    redirect_uris = ("https://two.example/callback",)
    app = ClientApp(hs256_client(tenant, subject_type=subject_type, redirect_uris=redirect_uris), caller)
    tokens = app.redeem(browser.authorize(person, app.request()).query["code"]).json
    home = Home(app, browser, person, tenant, tokens, browser.cookies[COOKIE])
    own = unverified(tokens["id_token"])[1]
    assert own["sub"] != sub
    with nothing_written(stack):
        refused = home.sign_out(id_token_hint=hmac_assertion({**own, "sub": sub}, SECRET))
    assert refused.status == 400
    assert home.is_signed_in()
    home.sign_out(id_token_hint=tokens["id_token"])
    assert not home.is_signed_in()
