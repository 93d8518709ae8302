"""OpenID Connect Core section 9, client_secret_jwt: what somebody can make who does not know the secret."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.client_key import assertion_claims, client_key, key_client, present
from tests.support.client_secret import HMAC_SECRET, OTHER, ciphertext, hmac_assertion, hmac_client
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant, hash_of
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

KEY = client_key()
RSA_KEY = client_key("RS256", "rsa")
Claims = dict[str, Any]


def tampered(claims: Claims) -> str:
    header, _, signature = hmac_assertion(claims).split(".")
    return f"{header}.{hmac_assertion({**claims, 'jti': 'another'}).split('.')[1]}.{signature}"


# What somebody can make of the claims who does not know the secret, and the reason in the log.
FORGERIES: dict[str, tuple[Callable[[Claims], str], str]] = {
    "another secret": (lambda claims: hmac_assertion(claims, OTHER), "assertion_signature"),
    "the secret's hash": (lambda claims: hmac_assertion(claims, hash_of(HMAC_SECRET)), "assertion_signature"),
    "the secret in other case": (
        lambda claims: hmac_assertion(claims, HMAC_SECRET.upper()), "assertion_signature",
    ),
    "an empty secret": (lambda claims: hmac_assertion(claims, ""), "assertion_signature"),
    "the client_id": (lambda claims: hmac_assertion(claims, claims["sub"]), "assertion_signature"),
    "the claims changed": (tampered, "assertion_signature"),
    "no signature": (
        lambda claims: hmac_assertion(claims).rpartition(".")[0] + ".", "assertion_signature",
    ),
    "half a signature": (lambda claims: hmac_assertion(claims)[:-20], "assertion_signature"),
    "more of a signature": (lambda claims: hmac_assertion(claims) + "AAAA", "assertion_signature"),
    "an extension nobody knows": (
        lambda claims: hmac_assertion(claims, crit=["x"], x=1), "assertion_signature",
    ),
    "an unencoded payload": (
        lambda claims: hmac_assertion(claims, crit=["b64"], b64=False), "assertion_signature",
    ),
    "another hash, announced": (lambda claims: hmac_assertion(claims, alg="HS384"), "assertion_signature"),
    "the right HMAC, announced as another": (
        lambda claims: hmac_assertion(claims, announced="HS512"), "assertion_signature",
    ),
    "a key of its own": (KEY.sign, "client_auth_method"),
    "a key in the header": (lambda claims: KEY.sign(claims, jwk=KEY.jwk()), "client_auth_method"),
    "an RSA key": (RSA_KEY.sign, "client_auth_method"),
    "alg none": (
        lambda claims: hmac_assertion(claims, alg="none").rpartition(".")[0] + ".", "client_auth_method",
    ),
    "alg hs256": (lambda claims: hmac_assertion(claims, alg="hs256"), "client_auth_method"),
    "alg HS1": (lambda claims: hmac_assertion(claims, alg="HS1"), "client_auth_method"),
}  # fmt: skip


@spec("OIDC-Core-9")
@spec("RFC8725-2.1")
@pytest.mark.parametrize("case", FORGERIES)
def test_a_forged_assertion_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = hmac_client(tenant)
    forge, reason = FORGERIES[case]
    assertion = forge(assertion_claims(caller, client))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, assertion, HMAC_SECRET)["reason"] == reason


@spec("RFC8725-2.1")
@pytest.mark.parametrize("alg", ["ES256", "RS256"])
@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_a_public_key_is_never_a_secret(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], alg: str, form: str
) -> None:
    key = client_key(alg)
    secret = key.pem() if form == "pem" else json.dumps(key.jwk()).encode()
    for client in (
        key_client(tenant, key.jwk()),
        # Even where such an algorithm stands in the record.
        key_client(tenant, key.jwk(), token_endpoint_auth_signing_alg="HS256"),
        hmac_client(tenant, jwks={"keys": [key.jwk()]}),
    ):
        assertion = hmac_assertion(assertion_claims(caller, client), secret)
        assert_json_error(present(caller, assertion), "invalid_client", status=401)
        assert last_log(capsys, assertion)["reason"] in {"client_auth_method", "assertion_signature"}


@pytest.mark.parametrize("of", ["another client", "no key", "another purpose"])
def test_a_ciphertext_opens_nothing_in_another_record(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], of: str
) -> None:
    """Whoever can write records, and not encrypt, gives no client a secret they know."""
    known = hmac_client(tenant)
    kept = {
        "another client": known.client_secret_ciphertexts[0],
        "no key": "bm8ga2V5",
        "another purpose": ciphertext("\0"),
    }[of]
    client = hmac_client(tenant, client_secret_ciphertexts=(kept,))
    assertion = hmac_assertion(assertion_claims(caller, client))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    line = last_log(capsys, assertion, HMAC_SECRET)
    assert (line["reason"], line["client_id"]) == ("client_secret_unreadable", client.client_id)
