"""Tokens and keys out of anybody's hands: any text is refused as such, and no key is mistaken."""

import base64
import hashlib
import json
from functools import cache

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.aws.kms import _to_jose
from chalicelib.protocol.client_jwt import verify_with_jwks
from chalicelib.protocol.jwk import VerificationKey, thumbprint, verification_key
from chalicelib.protocol.jws import MAX_JWT_CHARACTERS, JwtError, UnsignedToken, parse_compact, signing_input
from chalicelib.protocol.jws_signature import _to_der
from chalicelib.protocol.jwt_verification import verify_own
from tests.support.properties import ANY_TEXT, JSON
from tests.support.traceability import spec

# The order of P-256 (SEC 2 section 2.4.2): r and s are below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SCALARS = st.integers(1, ORDER - 1) | st.integers(1, 2**200)
TYP = "at+jwt"


class Keys:
    """The port VerificationKeys over one key of ours."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key = verification_key(der, algs=("ES256",))

    def find(self, kid: str) -> VerificationKey | None:
        return self.key if kid == self.key.kid else None


@cache
def keys() -> Keys:
    return Keys()


def token(**claims: object) -> str:
    headers = {"kid": keys().key.kid, "typ": TYP}
    return jwt.encode({"sub": "person", **claims}, keys().private, algorithm="ES256", headers=headers)


def encoded(document: str) -> str:
    return base64.urlsafe_b64encode(document.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


def refuses(text: str) -> None:
    """Nobody takes it for a token: not this server's verification, not a client's."""
    with pytest.raises(JwtError):
        verify_own(text, keys=keys(), typ=TYP)
    with pytest.raises(JwtError):
        verify_with_jwks(text, jwks=[keys().key.jwk], algorithms=("ES256",))


@given(ANY_TEXT)
@example("..")
@example("a.b.c")
@example("e30.e30.")
@example("e30.e30.e30\n")
@example("eyJhbGciOiJFUzI1NiJ9.e30.é")
@example("." * 20_000)
@example("e30." + "A" * MAX_JWT_CHARACTERS)
@example("A.A.A")
def test_any_text_is_refused(text: str) -> None:
    refuses(text)


@given(JSON, JSON)
@example({"alg": "ES256", "kid": ["a"], "typ": "at+jwt"}, {})
@example({"alg": ["ES256"], "kid": None}, {})
@example({"alg": {}, "jwk": {}, "crit": []}, [])
@example({"alg": "ES256", "kid": 10**4_000}, {})
def test_any_json_in_a_tokens_place_is_refused(header: object, claims: object) -> None:
    text = f"{encoded(json.dumps(header))}.{encoded(json.dumps(claims))}.{'A' * 86}"
    refuses(text)
    try:
        read = parse_compact(text).claims()
    except JwtError:
        return
    assert isinstance(read, dict)


@pytest.mark.parametrize(
    "document", ["[" * 9_000, '{"a":' * 1_500, "1" * 5_000, '"' + "\\u0000" * 1_000 + '"']
)
def test_json_that_is_deep_or_long_is_refused(document: str) -> None:
    for header, claims in ((document, "{}"), ('{"alg":"ES256"}', document)):
        text = f"{encoded(header)}.{encoded(claims)}.AAAA"
        refuses(text)
        with pytest.raises(JwtError):
            parse_compact(text).claims()


@given(st.data())
def test_a_token_changed_anywhere_does_not_verify(data: st.DataObject) -> None:
    good = token()
    position = data.draw(st.integers(0, len(good) - 1))
    changed = good[:position] + data.draw(st.sampled_from("AQgw.=-_9 \n")) + good[position + 1 :]
    assume(changed != good)
    try:
        claims = verify_own(changed, keys=keys(), typ=TYP)
    except JwtError:
        return
    # The last character of base64url carries bits that mean nothing.
    assert claims == verify_own(good, keys=keys(), typ=TYP)
    assert parse_compact(changed).signature == parse_compact(good).signature


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers(0, 2**40), max_size=4))
def test_what_is_put_together_is_taken_apart_and_pyjwt_reads_the_same(claims: dict[str, object]) -> None:
    signed = signing_input(UnsignedToken(alg="ES256", typ=TYP, claims=claims), kid="a key")
    text = signed.decode() + ".AAAA"
    parsed = parse_compact(text)
    assert parsed.header == {"alg": "ES256", "typ": TYP, "kid": "a key"} == jwt.get_unverified_header(text)
    assert parsed.claims() == claims == jwt.decode(text, options={"verify_signature": False})
    assert parsed.signed == signed


@spec("RFC7518-3.4")
@given(SCALARS, SCALARS)
@example(1, 1)
@example(ORDER - 1, 2**255)
def test_a_signature_is_the_same_in_der_and_in_64_bytes(r: int, s: int) -> None:
    joined = _to_jose(encode_dss_signature(r, s))
    assert (len(joined), joined) == (64, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert decode_dss_signature(_to_der(joined)) == (r, s)


@spec("RFC7638-3.1")
def test_the_thumbprint_is_that_of_the_rfcs_own_example() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
        "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJ"
        "ZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBn"
        "iIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    assert (
        thumbprint({"e": "AQAB", "kty": "RSA", "n": modulus}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )


@spec("RFC7638-3")
@given(st.integers(1, ORDER - 1))
@example(1)
@example(2**200)
def test_a_published_key_is_the_key_and_its_kid_its_thumbprint(secret: int) -> None:
    public = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = verification_key(der, algs=("ES256",))
    # Section 3.3: these members in this order, and nothing between them.
    text = f'{{"crv":"P-256","kty":"EC","x":"{key.jwk["x"]}","y":"{key.jwk["y"]}"}}'
    digest = hashlib.sha256(text.encode()).digest()
    assert key.kid == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert jwt.PyJWK(key.jwk).key.public_numbers() == public.public_numbers()
    assert {len(key.jwk["x"]), len(key.jwk["y"])} == {43}
    assert "d" not in key.jwk


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()])
def test_a_key_that_signs_nothing_here_is_no_key_of_ours(curve: ec.EllipticCurve) -> None:
    public = ec.generate_private_key(curve).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="P-256"):
        verification_key(der, algs=("ES256",))
