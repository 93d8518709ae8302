"""RFC 7515, RFC 7518, RFC 8725: which texts are tokens of this server, and which only look like them."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.protocol.jwk import VerificationKey, verification_key
from chalicelib.protocol.jws import MAX_JWT_CHARACTERS, JwtError
from chalicelib.protocol.jws_signature import _verify
from chalicelib.protocol.jwt_verification import verify_own
from tests.support.traceability import spec

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
CLAIMS = {"iss": "https://login.example.com", "sub": "person-1"}
TYP = "at+jwt"


@dataclass(frozen=True)
class Keys:
    """The port VerificationKeys over a few keys."""

    known: tuple[VerificationKey, ...]

    def find(self, kid: str) -> VerificationKey | None:
        return next((key for key in self.known if key.kid == kid), None)


@cache
def private_key(kind: str) -> PrivateKey:
    if kind.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


def der(kind: str) -> bytes:
    return private_key(kind).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@cache
def keys() -> Keys:
    return Keys(
        (verification_key(der("ec"), algs=("ES256",)), verification_key(der("rsa"), algs=("RS256", "PS256")))
    )


def kid(kind: str) -> str:
    return keys().known[0 if kind == "ec" else 1].kid


def signed_by(kind: str, alg: str, *, claims: Any = CLAIMS, named: str | None = None, **header: Any) -> str:
    """A token that PyJWT signed, whatever its header says."""
    headers = {"typ": TYP, "kid": kid(kind) if named is None else named, **header}
    payload = json.dumps(claims).encode()
    return jwt.PyJWS().encode(payload, private_key(kind), algorithm=alg, headers=headers)


def encoded(members: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def unsigned(alg: str, signature: str = "") -> str:
    return f"{encoded({'alg': alg, 'typ': TYP, 'kid': kid('ec')})}.{encoded(CLAIMS)}.{signature}"


def with_signature(token: str, signature: bytes) -> str:
    text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    return f"{token.rpartition('.')[0]}.{text}"


def signed_by_hand(header: dict[str, Any], *, size: int = 32) -> str:
    """The claims under any header, its signature by our P-256 key: r, and s of `size` bytes."""
    token = f"{encoded(header)}.{encoded(CLAIMS)}.unsigned"
    r, s = decode_dss_signature(signature_of(token))
    return with_signature(token, r.to_bytes(32, "big") + s.to_bytes(size, "big"))


def signature_of(token: str) -> bytes:
    """By our P-256 key, in DER, as X.509 has it and JWS does not."""
    key = private_key("ec")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(token.rpartition(".")[0].encode(), ec.ECDSA(SHA256()))


def der_signature() -> str:
    token = signed_by("ec", "ES256")
    return with_signature(token, signature_of(token))


@spec("RFC7518-3.1")
@pytest.mark.parametrize(("kind", "alg"), [("ec", "ES256"), ("rsa", "RS256"), ("rsa", "PS256")])
def test_token_signed_by_a_key_of_ours_verifies(kind: str, alg: str) -> None:
    assert verify_own(signed_by(kind, alg), keys=keys(), typ=TYP) == CLAIMS


REFUSED: dict[str, Callable[[], str]] = {
    "no token": lambda: "",
    "two parts": lambda: signed_by("ec", "ES256").rpartition(".")[0],
    "four parts": lambda: signed_by("ec", "ES256") + ".AAAA",
    "a padded part": lambda: signed_by("ec", "ES256") + "==",
    "white space": lambda: signed_by("ec", "ES256") + "\n",
    "no base64": lambda: "A." + signed_by("ec", "ES256").partition(".")[2],
    "a header that is no JSON": lambda: "AAAA." + signed_by("ec", "ES256").partition(".")[2],
    "a header that is a list": lambda: f"{encoded([1])}.{encoded(CLAIMS)}.AAAA",
    "a header nested too deep": lambda: (
        base64.urlsafe_b64encode(b"[" * 12_000).decode().rstrip("=")[:16_000] + ".AAAA.AAAA"
    ),
    "alg none": lambda: unsigned("none"),
    "an empty signature": lambda: unsigned("ES256"),
    "no alg": lambda: signed_by_hand({"typ": TYP, "kid": kid("ec")}),
    "an alg that is a list": lambda: signed_by_hand({"alg": ["ES256"], "typ": TYP, "kid": kid("ec")}),
    "another alg's name over a good signature": lambda: signed_by_hand(
        {"alg": "RS256", "typ": TYP, "kid": kid("ec")}
    ),
    "HMAC with the public key": lambda: with_signature(
        unsigned("HS256"), hmac.digest(der("ec"), unsigned("HS256").rpartition(".")[0].encode(), "sha256")
    ),
    "another alg of another key": lambda: signed_by("rsa", "RS256", named=kid("ec")),
    "a key that is not ours": lambda: signed_by("ec other", "ES256", named=kid("ec")),
    "an RSA key that is not ours": lambda: signed_by("rsa other", "PS256", named=kid("rsa")),
    "an unknown kid": lambda: signed_by("ec", "ES256", named="unknown"),
    "a kid that is a number": lambda: signed_by_hand({"alg": "ES256", "typ": TYP, "kid": 1}),
    "another typ": lambda: signed_by("ec", "ES256", typ="JWT"),
    "a critical extension": lambda: signed_by("ec", "ES256", crit=["b64"], b64=True),
    "other claims": lambda: (
        signed_by("ec", "ES256").partition(".")[0]
        + f".{encoded({**CLAIMS, 'sub': 'person-2'})}."
        + signed_by("ec", "ES256").rpartition(".")[2]
    ),
    "a signature in DER": der_signature,
    "a signature that is too long": lambda: signed_by_hand(
        {"alg": "ES256", "typ": TYP, "kid": kid("ec")}, size=33
    ),
    "claims that are a list": lambda: signed_by("ec", "ES256", claims=[CLAIMS]),
    "more than 16 KB": lambda: signed_by("ec", "ES256", claims={**CLAIMS, "x": "y" * MAX_JWT_CHARACTERS}),
}


@spec("RFC8725-3.1")
@pytest.mark.parametrize("case", REFUSED)
def test_what_this_server_did_not_sign_as_this_is_refused(case: str) -> None:
    token = REFUSED[case]()
    with pytest.raises(JwtError) as refused:
        verify_own(token, keys=keys(), typ=TYP)
    assert not str(refused.value)


def test_a_token_seen_before_is_refused_once_its_key_is_none_of_ours() -> None:
    token = signed_by("ec", "ES256")
    for _ in range(2):
        assert verify_own(token, keys=keys(), typ=TYP) == CLAIMS
    with pytest.raises(JwtError):
        verify_own(token, keys=Keys(keys().known[1:]), typ=TYP)
    with pytest.raises(JwtError):
        verify_own(token, keys=keys(), typ="JWT")


def test_a_signature_seen_before_is_not_computed_again() -> None:
    token = signed_by("ec", "ES256", claims={"n": "of this test alone"})
    before = _verify.cache_info().misses
    for _ in range(5):
        verify_own(token, keys=keys(), typ=TYP)
    assert _verify.cache_info().misses == before + 1
