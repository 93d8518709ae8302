"""RFC 7523 section 3 (9), RFC 8725 section 3: only the client's own key, by the algorithm it is for."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib.protocol.client import Client
from chalicelib.record import replace
from tests.support.client_key import ClientKey, assertion_claims, client_key, key_client, present
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

KEY = client_key("ES256", "one")
RSA_KEY = client_key("RS256", "rsa")
ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA")


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(header: dict[str, Any] | str, payload: Any, signature: bytes = b"") -> str:
    """A token put together by hand."""
    parts = [part if isinstance(part, str) else json.dumps(part) for part in (header, payload)]
    return ".".join([*(encode(part.encode()) for part in parts), encode(signature)])


def hmac_token(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    signed = raw(header, claims).rpartition(".")[0]
    return signed + "." + encode(hmac.digest(secret, signed.encode(), "sha256"))


@spec("RFC7523-3")
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_published_works(caller: Caller, tenant: Tenant, alg: str) -> None:
    key = client_key(alg, "a")
    client = key_client(tenant, key.jwk(), token_endpoint_auth_signing_alg=alg)
    assert present(caller, key.sign(assertion_claims(caller, client))).status == 200
    published = caller.get("/.well-known/openid-configuration").json
    assert alg in published["token_endpoint_auth_signing_alg_values_supported"]


KEY_SETS: dict[str, tuple[list[dict[str, Any]], str | None]] = {
    "a kid on both sides": ([KEY.jwk(), client_key("ES256", "two").jwk()], "one"),
    "a kid on the token alone": ([KEY.jwk(kid=None)], "one"),
    "a kid on the key alone": ([KEY.jwk()], None),
    "no kid, tried one after the other": (
        [client_key("ES256", "two").jwk(kid=None), RSA_KEY.jwk(kid=None), KEY.jwk(kid=None)],
        None,
    ),
    "two keys with one kid": ([client_key("ES256", "two").jwk(kid="one"), KEY.jwk()], "one"),
    "no use and no alg": ([KEY.jwk(use=None, alg=None)], "one"),
    "use and alg": ([KEY.jwk(use="sig", alg="ES256")], "one"),
    "among keys not understood": ([{"kty": "OKP-X", "kid": "one"}, {"kid": "one"}, KEY.jwk()], "one"),
}


@spec("RFC7517-4.5")
@pytest.mark.parametrize("case", KEY_SETS)
def test_the_key_is_found(caller: Caller, tenant: Tenant, case: str) -> None:
    keys, kid = KEY_SETS[case]
    client = key_client(tenant, *keys)
    assert present(caller, KEY.sign(assertion_claims(caller, client), kid=kid)).status == 200


@spec("RFC7515-4.1.9")
@pytest.mark.parametrize("typ", [None, "JWT", "client-authentication+jwt"])
def test_any_typ_of_an_assertion_is_good(caller: Caller, tenant: Tenant, typ: str | None) -> None:
    client = key_client(tenant, KEY.jwk())
    assert present(caller, KEY.sign(assertion_claims(caller, client), typ=typ)).status == 200


@spec("RFC7523-3")
@pytest.mark.parametrize("kid", ["one", "two"])
def test_keys_that_were_registered_anew_are_good_at_once(caller: Caller, tenant: Tenant, kid: str) -> None:
    """Also where an instance still has the record as it was before, and under the same kid."""
    client, new = key_client(tenant, KEY.jwk()), client_key("ES256", "new")
    assert present(caller, KEY.sign(assertion_claims(caller, client))).status == 200
    tenant.put_client(replace(client, jwks={"keys": [new.jwk(kid=kid)]}))
    assert present(caller, new.sign(assertion_claims(caller, client), kid=kid)).status == 200
    assert present(caller, KEY.sign(assertion_claims(caller, client))).status == 401


HEADER = {"alg": "HS256", "typ": "JWT", "kid": "one"}
STRANGER = client_key("ES256", "stranger")


def parts(claims: dict[str, Any]) -> list[str]:
    """Header, claims and signature of a good assertion, as sent."""
    return KEY.sign(claims).split(".")


def other_claims(claims: dict[str, Any]) -> str:
    header, _, signature = parts(claims)
    return f"{header}.{encode(json.dumps({**claims, 'jti': 'another'}).encode())}.{signature}"


def other_signature(claims: dict[str, Any], change: Callable[[str], str]) -> str:
    header, payload, signature = parts(claims)
    return f"{header}.{payload}.{change(signature)}"


# What an attacker who knows the client's public key could make of its claims.
FORGERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "alg none": lambda claims: raw({**HEADER, "alg": "none"}, claims),
    "alg None": lambda claims: raw({**HEADER, "alg": "None"}, claims),
    "alg none with a signature": lambda claims: raw({**HEADER, "alg": "none"}, claims, b"x" * 64),
    "no alg": lambda claims: raw({"typ": "JWT"}, claims, b"x" * 64),
    "alg a list": lambda claims: raw({**HEADER, "alg": ["ES256"]}, claims, b"x" * 64),
    "HS256 with the public key as PEM": lambda claims: hmac_token(HEADER, claims, KEY.pem()),
    "HS256 with the public key as JWK": lambda claims: hmac_token(
        HEADER, claims, json.dumps(KEY.jwk()).encode()
    ),
    "HS256 with nothing": lambda claims: hmac_token(HEADER, claims, b""),
    "a stranger's key": lambda claims: STRANGER.sign(claims, kid="one"),
    "a stranger's key without kid": lambda claims: STRANGER.sign(claims, kid=None),
    "a stranger's key in the header": lambda claims: STRANGER.sign(
        claims, kid="one", jwk=STRANGER.jwk(kid="one")
    ),
    "other claims, the old signature": other_claims,
    "no signature": lambda claims: other_signature(claims, lambda _: ""),
    "zeros for a signature": lambda claims: other_signature(claims, lambda _: encode(bytes(64))),
    "a signature cut short": lambda claims: other_signature(claims, lambda text: text[:-8]),
    "a signature with more": lambda claims: other_signature(claims, lambda text: text + "AAAA"),
    "a key of another type": lambda claims: RSA_KEY.sign(claims, kid="one"),
    "an extension that must be understood": lambda claims: KEY.sign(claims, crit=["exp"], exp=1),
    "an extension nobody knows": lambda claims: KEY.sign(claims, crit=["https://x.example/x"]),
    "crit that is no list": lambda claims: raw({**HEADER, "alg": "ES256", "crit": "x"}, claims, b"x" * 64),
    "a kid that is no text": lambda claims: raw({"alg": "ES256", "kid": 1}, claims, b"x" * 64),
}


@spec("RFC8725-3.1")
@pytest.mark.parametrize("case", FORGERIES)
def test_a_forged_assertion_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = key_client(tenant, KEY.jwk())
    assertion = FORGERIES[case](assertion_claims(caller, client))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    # HS256 is of another method, which the client is not registered for: its key is not even looked at.
    reason = "client_auth_method" if case.startswith("HS256") else "assertion_signature"
    assert last_log(capsys, assertion)["reason"] == reason


MALFORMED = {
    "text": "not a token",
    "two parts": "e30.e30",
    "four parts": "e30.e30.e30.e30",
    "encrypted": "e30.e30.e30.e30.e30",
    "no base64": "e30.!!!.e30",
    "no JSON": f"{encode(b'{')}.{encode(b'{')}.",
    "a list for claims": raw({"alg": "ES256"}, [1]),
    "a list for a header": raw("[1]", {"sub": "x"}),
    "a depth nobody can parse": raw({"alg": "ES256"}, '{"sub":' + "[" * 6_000 + "]" * 6_000 + "}"),
    "a number nobody can parse": raw({"alg": "ES256"}, '{"exp":' + "9" * 6_000 + "}"),
    "not ASCII": "é.é.é",
    "too long": raw({"alg": "ES256"}, {"sub": "x", "x": "x" * 16_384}),
    "claims no UTF-8": f"{encode(b'{}')}.{encode(bytes([255]))}.",
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_no_assertion_is_refused(
    caller: Caller, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    assert_json_error(present(caller, MALFORMED[case]), "invalid_client", status=401)
    assert last_log(capsys)["reason"] == "assertion_malformed"


@spec("OIDC-Registration-2")
@pytest.mark.parametrize(("registered", "used"), [("RS256", "PS256"), ("PS256", "RS256")])
def test_only_the_registered_algorithm_counts(
    caller: Caller, tenant: Tenant, registered: str, used: str
) -> None:
    key = RSA_KEY
    client = key_client(tenant, key.jwk(), KEY.jwk(), token_endpoint_auth_signing_alg=registered)
    for assertion in (
        key.sign(assertion_claims(caller, client), alg=used),
        KEY.sign(assertion_claims(caller, client)),
    ):
        assert_json_error(present(caller, assertion), "invalid_client", status=401)
    assert present(caller, key.sign(assertion_claims(caller, client), alg=registered)).status == 200


BAD_KEYS: dict[str, list[Any]] = {
    "none": [],
    "for encryption": [KEY.jwk(use="enc")],
    "for another algorithm": [KEY.jwk(alg="RS256")],
    "a shared secret": [{"kty": "oct", "k": encode(b"secret" * 8), "kid": "one"}],
    "too small": [client_key("RS256", "one", bits=1024).jwk()],
    "no objects": ["x", 1, [], {}],
    "of wrong types": [{"kty": kty, "kid": "one", "n": 1, "e": [], "x": None} for kty in ("RSA", "EC", 1)],
    "not on the curve": [KEY.jwk(x=encode(bytes(32)))],
}


@spec("RFC7518-3.3")
@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_key_that_must_not_be_used_is_not(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    key = client_key("RS256", "one", bits=1024) if case == "too small" else KEY
    client: Client = key_client(tenant, *BAD_KEYS[case])
    claims = assertion_claims(caller, client)
    # PyJWT itself would warn of the small key.
    assertion = sign_with_rsa(key, claims) if case == "too small" else key.sign(claims)
    assert_json_error(present(caller, assertion), "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == "assertion_signature"


def sign_with_rsa(key: ClientKey, claims: dict[str, Any]) -> str:
    assert isinstance(key.private, rsa.RSAPrivateKey)
    signed = raw({"alg": "RS256", "kid": key.kid}, claims).rpartition(".")[0]
    return f"{signed}.{encode(key.private.sign(signed.encode(), PKCS1v15(), SHA256()))}"
