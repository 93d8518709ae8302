"""OpenID Connect Core section 3.1.2.1 id_token_hint: ID tokens by the client's secret, unsigned and encrypted
ones, at the authorization endpoint and at the end of a session.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.client_secret import OTHER, ciphertext, hmac_assertion, hs256_client
from tests.support.encryption_key import decrypted, encryption_key, public_jwk
from tests.support.http import Caller
from tests.support.refusal import last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

KEY = encryption_key()


def id_token(known: Visit) -> str:
    token: str = known.app.redeem(known.code()).json["id_token"]
    return token


def again(token: str, secret: str | bytes = SECRET, **changes: Any) -> str:
    """The same ID token with other claims, by this secret."""
    claims = {**unverified(token)[1], **changes}
    return hmac_assertion(claims, secret)


@spec("OIDC-Core-3.1.2.1")
def test_one_by_the_clients_secret_is_known_expired_or_not(caller: Caller, tenant: Tenant) -> None:
    known = visit(caller, tenant, hs256_client(tenant))
    token = id_token(known)
    hour_ago = int(time.time()) - 3_600
    for hint in (token, again(token, exp=hour_ago)):
        assert "code" in known.answer(id_token_hint=hint, prompt="none").query


@spec("OIDC-Core-3.1.2.1")
def test_one_by_the_former_secret_counts_while_that_does(caller: Caller, tenant: Tenant) -> None:
    now = int(time.time())
    for end, good in ((now + 600, True), (now - 1, False)):
        client = hs256_client(tenant, SECRET, OTHER, former_secrets_expire_at=end)
        known = visit(caller, tenant, client)
        answer = known.answer(id_token_hint=again(id_token(known), OTHER), prompt="none")
        assert ("code" in answer.query) is good


FORGED: dict[str, Callable[[str], str]] = {
    "by another secret": lambda token: again(token, OTHER),
    "by no secret": lambda token: again(token, b""),
    "unsigned": forgery.unsign,
    "of a client that is not there": lambda token: again(token, aud="nobody"),
    "of several clients": lambda token: again(token, aud=[unverified(token)[1]["aud"]]),
    "of no client": lambda token: again(token, aud=7),
    "of another issuer": lambda token: again(token, iss="https://elsewhere.example"),
    "of another kind": lambda token: hmac_assertion(unverified(token)[1], SECRET, typ="at+jwt"),
    "with an extension": lambda token: hmac_assertion(unverified(token)[1], SECRET, crit=["b64"]),
    "by another length of HMAC": lambda token: hmac_assertion(unverified(token)[1], SECRET, alg="HS512"),
}


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("case", FORGED)
def test_a_forged_one_is_refused(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    known = visit(caller, tenant, hs256_client(tenant))
    hint = FORGED[case](id_token(known))
    with nothing_written(stack):
        answer = known.answer(id_token_hint=hint)
    assert answer.query["error"] == "invalid_request"
    assert last_log(capsys, hint)["reason"] == "hint_invalid"


@spec("RFC8725-2.1")
def test_the_published_key_is_no_secret(caller: Caller, tenant: Tenant) -> None:
    known = visit(caller, tenant, hs256_client(tenant))
    access_token = known.app.redeem(known.code()).json["access_token"]
    for typ in ("JWT", "at+jwt"):
        signed = forgery.resign_as_server(caller, access_token)
        _, claims = unverified(signed)
        own = forgery.sign_as_server(caller, {**claims, "aud": known.app.client.client_id}, typ=typ)
        answer = known.answer(id_token_hint=forgery.confuse(caller, own))
        assert answer.query["error"] == "invalid_request"


@spec("RFC8725-2.1")
def test_a_secret_makes_no_hint_of_a_client_whose_id_tokens_a_key_signs(
    caller: Caller, tenant: Tenant
) -> None:
    """Whoever knows a client's secret could else make hints of everybody for it."""
    client = hs256_client(tenant, id_token_signed_response_alg="RS256", userinfo_signed_response_alg="HS256")
    known = visit(caller, tenant, client)
    answer = known.answer(id_token_hint=again(id_token(known)))
    assert answer.query["error"] == "invalid_request"


@spec("OIDC-Core-2")
def test_one_without_a_signature_is_none_though_it_is_what_the_client_has(
    caller: Caller, tenant: Tenant
) -> None:
    known = visit(caller, tenant, tenant.client(id_token_signed_response_alg="none"))
    assert known.answer(id_token_hint=id_token(known)).query["error"] == "invalid_request"


@spec("OIDC-Core-3.1.2.1")
def test_an_encrypted_one_comes_back_decrypted(caller: Caller, tenant: Tenant) -> None:
    client = tenant.public_client(
        jwks={"keys": [public_jwk(KEY)]},
        id_token_encrypted_response_alg="ECDH-ES",
        id_token_encrypted_response_enc="A128CBC-HS256",
    )
    known = visit(caller, tenant, client)
    token = id_token(known)
    assert known.answer(id_token_hint=token).query["error"] == "invalid_request"
    signed = decrypted(token, KEY)[1].decode()
    assert "code" in known.answer(id_token_hint=signed, prompt="none").query


@spec("OIDC-RPInitiated-2")
def test_one_by_the_secret_ends_its_session_and_an_unsigned_one_makes_us_refuse(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app = ClientApp(hs256_client(tenant), caller)
    token = app.tokens(browser, tenant.person())["id_token"]
    assert browser.open("/end_session", {"id_token_hint": forgery.unsign(token)}).status == 400
    assert "code" in browser.open("/authorize", app.request(prompt="none")).query
    assert "You are signed out" in browser.open("/end_session", {"id_token_hint": token}).body
    assert browser.open("/authorize", app.request(prompt="none")).query["error"] == "login_required"


@spec("OIDC-Core-3.1.2.1")
def test_no_hint_is_believed_where_the_secret_cannot_be_read(caller: Caller, tenant: Tenant) -> None:
    client_id = tenant.client().client_id
    unreadable = (ciphertext("another client", SECRET),)
    known = visit(
        caller, tenant, hs256_client(tenant, client_id=client_id, client_secret_ciphertexts=unreadable)
    )
    claims = {"iss": caller.issuer, "sub": known.person.sub, "aud": client_id, "exp": int(time.time()) + 60}
    answer = known.answer(id_token_hint=hmac_assertion(claims, SECRET))
    assert answer.query["error"] == "invalid_request"
