"""RFC 7517 section 4: which JWKs of others verify a signature, and no other does."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.protocol.client_jwk import MAX_RSA_BITS, is_weak, may_verify, some_may_verify
from chalicelib.protocol.client_jwt import UnknownKey, verify_with_jwks
from chalicelib.protocol.jws import JwtError
from chalicelib.protocol.supported import ASSERTION_ALGORITHMS
from tests.support.client_key import client_key
from tests.support.properties import JSON
from tests.support.traceability import spec

CLAIMS = {"sub": "app"}
EC, RSA, OKP = client_key("ES256"), client_key("RS256"), client_key("Ed25519")


def rsa_of(bits: int) -> dict[str, Any]:
    n = base64.urlsafe_b64encode((1 << (bits - 1)).to_bytes((bits + 7) // 8, "big")).rstrip(b"=").decode()
    return {"kty": "RSA", "n": n, "e": "AQAB"}


FIT: dict[str, tuple[dict[str, Any], str]] = {
    "as short as it may be": (EC.jwk(kid=None), "ES256"),
    "for signatures": (EC.jwk(use="sig", key_ops=["verify"]), "ES256"),
    "for more than that": (EC.jwk(key_ops=["sign", "verify"]), "ES256"),
    "an RSA key for RS256": (RSA.jwk(alg="RS256"), "RS256"),
    "an RSA key for PS256": (RSA.jwk(), "PS256"),
    "Ed25519": (OKP.jwk(alg="Ed25519"), "Ed25519"),
    "Ed25519, called EdDSA": (OKP.jwk(alg="EdDSA"), "Ed25519"),
    "EdDSA, called Ed25519": (OKP.jwk(alg="Ed25519"), "EdDSA"),
    "the largest": (rsa_of(MAX_RSA_BITS), "RS256"),
    "the smallest": (rsa_of(2048), "RS256"),
    "the largest exponent": ({**rsa_of(2048), "e": rsa_of(64)["n"]}, "RS256"),
}

UNFIT: dict[str, tuple[Any, str]] = {
    "for encryption": (EC.jwk(use="enc"), "ES256"),
    "for another use": (EC.jwk(use=["sig"]), "ES256"),
    "for signing alone": ({**EC.jwk(), "key_ops": ["sign"]}, "ES256"),
    "for nothing": ({**EC.jwk(), "key_ops": []}, "ES256"),
    "operations that are no list": ({**EC.jwk(), "key_ops": "verify"}, "ES256"),
    "of another algorithm": (RSA.jwk(alg="PS256"), "RS256"),
    "of an algorithm that is no text": (RSA.jwk(alg=["RS256"]), "RS256"),
    "of an algorithm nobody knows": (OKP.jwk(alg="Ed448"), "Ed25519"),
    "of another kind": (RSA.jwk(), "ES256"),
    "of another curve": (EC.jwk(crv="P-384"), "ES256"),
    "of a curve for key agreement": (OKP.jwk(crv="X25519"), "EdDSA"),
    "of Ed448": (OKP.jwk(crv="Ed448"), "EdDSA"),
    "a private key": ({**EC.jwk(), "d": "x"}, "ES256"),
    "a shared secret": ({"kty": "oct", "k": "c2VjcmV0"}, "RS256"),
    "half an RSA key": ({**RSA.jwk(), "p": "AQ"}, "RS256"),
    "a weak RSA key": (rsa_of(2047), "RS256"),
    "an RSA key that takes long": (rsa_of(MAX_RSA_BITS + 1), "RS256"),
    "an RSA key whose exponent takes long": ({**rsa_of(2048), "e": rsa_of(65)["n"]}, "RS256"),
    "an RSA key by which nothing changes": ({**rsa_of(2048), "e": "AQ"}, "RS256"),
    "an RSA key without its exponent": ({"kty": "RSA", "n": rsa_of(2048)["n"]}, "RS256"),
    "an RSA key without its modulus": ({"kty": "RSA", "e": "AQAB"}, "RS256"),
    "an RSA key of another alphabet": ({"kty": "RSA", "n": "ü", "e": "AQAB"}, "RS256"),
    "no object": ("key", "ES256"),
}


@spec("RFC7517-4")
@pytest.mark.parametrize("case", FIT)
def test_a_key_that_fits_may_verify(case: str) -> None:
    jwk, alg = FIT[case]
    assert may_verify({name: value for name, value in jwk.items() if value is not None}, alg)


@spec("RFC7517-4")
@pytest.mark.parametrize("case", UNFIT)
def test_a_key_that_does_not_fit_may_not(case: str) -> None:
    jwk, alg = UNFIT[case]
    assert not may_verify(jwk, alg)


@pytest.mark.parametrize("case", UNFIT)
def test_what_is_signed_is_not_verified_by_a_key_that_does_not_fit(case: str) -> None:
    jwk, alg = UNFIT[case]
    key = {"ES256": EC, "RS256": RSA}.get(alg, OKP)
    with pytest.raises(JwtError):
        verify_with_jwks(key.sign(CLAIMS, alg=alg, kid=None), jwks=[jwk], algorithms=(alg,))


@spec("RFC9864-2.2")
@pytest.mark.parametrize("alg", ["Ed25519", "EdDSA"])
def test_ed25519_is_one_algorithm_by_two_names(alg: str) -> None:
    token = OKP.sign(CLAIMS, alg=alg)
    assert verify_with_jwks(token, jwks=[OKP.jwk()], algorithms=ASSERTION_ALGORITHMS) == CLAIMS
    # A client that is registered for one of them uses that one.
    other = {"Ed25519": "EdDSA", "EdDSA": "Ed25519"}[alg]
    with pytest.raises(JwtError):
        verify_with_jwks(token, jwks=[OKP.jwk()], algorithms=(other,))


@spec("RFC7517-4.5")
def test_a_key_without_a_kid_is_tried_and_a_kid_nobody_has_is_unknown() -> None:
    stranger = client_key(kid="stranger")
    token = EC.sign(CLAIMS)
    jwks = [stranger.jwk(kid=None), EC.jwk(kid=None)]
    assert verify_with_jwks(token, jwks=jwks, algorithms=("ES256",)) == CLAIMS
    for unknown in ([], [stranger.jwk()], [stranger.jwk(kid=None)], ["no key"]):
        with pytest.raises(UnknownKey):
            verify_with_jwks(token, jwks=unknown, algorithms=("ES256",))
    # By one that has the kid it is right or wrong; where none is named, the right key may be another.
    for named, kid, error in (
        (stranger.jwk(kid=EC.kid), EC.kid, JwtError),
        (stranger.jwk(), None, UnknownKey),
    ):
        with pytest.raises(JwtError) as raised:
            verify_with_jwks(EC.sign(CLAIMS, kid=kid), jwks=[named], algorithms=("ES256",))
        assert raised.type is error


@given(st.dictionaries(st.sampled_from(["kty", "crv", "n", "use", "key_ops", "alg", "d"]), JSON))
def test_any_json_is_a_key_that_fits_or_none(jwk: dict[str, Any]) -> None:
    assert is_weak(jwk) in {True, False}
    assert some_may_verify([jwk], ASSERTION_ALGORITHMS) in {True, False}
