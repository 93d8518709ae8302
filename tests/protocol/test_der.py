"""The DER that KMS sends: read as cryptography reads it, or refused."""

from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.protocol.der import PublicKey, read_ecdsa_signature, read_public_key
from tests.support.traceability import spec


@cache
def spki(kind: str) -> bytes:
    """A public key as KMS tells it."""
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
    if kind == "P-256":
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
    elif kind == "Ed25519":
        key = ed25519.Ed25519PrivateKey.generate().public_key()
    else:
        key = rsa.generate_private_key(65537, int(kind)).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def by_cryptography(der: bytes) -> tuple[str, int, int]:
    key = load_der_public_key(der)
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.public_numbers().n, key.public_numbers().e
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519", int.from_bytes(key.public_bytes_raw(), "big"), 0
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return "P-256", key.public_numbers().x, key.public_numbers().y


def numbers(key: PublicKey) -> tuple[str, int, int]:
    return key.kind, int.from_bytes(key.first, "big"), int.from_bytes(key.second, "big")


@pytest.mark.parametrize("kind", ["P-256", "2048", "3072", "4096", "Ed25519"])
def test_a_public_key_of_kms_is_read(kind: str) -> None:
    assert numbers(read_public_key(spki(kind))) == by_cryptography(spki(kind))


def test_the_numbers_of_a_jwk_have_their_length_and_no_more() -> None:
    # RFC 7518 sections 6.2.1.2 and 6.3.1.1.
    point, modulus = read_public_key(spki("P-256")), read_public_key(spki("2048"))
    assert (len(point.first), len(point.second)) == (32, 32)
    assert (len(modulus.first), modulus.second) == (256, b"\x01\x00\x01")


@given(st.sampled_from(["P-256", "2048", "Ed25519"]), st.data())
def test_a_damaged_public_key_is_refused_or_read_as_cryptography_reads_it(
    kind: str, data: st.DataObject
) -> None:
    damaged = damage(spki(kind), data)
    try:
        found = read_public_key(damaged)
    except ValueError:
        return
    try:
        expected = by_cryptography(damaged)
    except ValueError:
        # What is no point of the curve, or too small a number, is for whoever verifies with it.
        return
    assert numbers(found) == expected


def test_another_kind_of_key_is_refused() -> None:
    other = ed448.Ed448PrivateKey.generate().public_key()
    with pytest.raises(ValueError, match="P-256, RSA and Ed25519"):
        read_public_key(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    short = spki("Ed25519")[:-1].replace(bytes.fromhex("302a"), bytes.fromhex("3029"), 1)
    with pytest.raises(ValueError, match="RFC 8410"):
        read_public_key(short.replace(bytes.fromhex("0321"), bytes.fromhex("0320"), 1))
    compressed = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + b"\2" + bytes(32)
    with pytest.raises(ValueError, match="point"):
        read_public_key(compressed)


@spec("RFC7518-3.4")
@given(st.integers(1, 2**256 - 1), st.integers(1, 2**256 - 1))
def test_a_signature_is_read(r: int, s: int) -> None:
    found = read_ecdsa_signature(encode_dss_signature(r, s))
    assert found == (
        r.to_bytes((r.bit_length() + 7) // 8, "big"),
        s.to_bytes((s.bit_length() + 7) // 8, "big"),
    )


@given(st.integers(1, 2**256 - 1), st.integers(1, 2**256 - 1), st.data())
def test_a_damaged_signature_is_refused_or_read_as_cryptography_reads_it(
    r: int, s: int, data: st.DataObject
) -> None:
    damaged = damage(encode_dss_signature(r, s), data)
    try:
        found = read_ecdsa_signature(damaged)
    except ValueError:
        return
    assert tuple(int.from_bytes(number, "big") for number in found) == decode_dss_signature(damaged)


@pytest.mark.parametrize(
    "der",
    [
        "",
        "30",
        "3080",
        "3081",
        "308106020101020101",
        "30820006020101020101",
        "3006020101020101" + "00",
        "3006020101030101",
        "300602010102",
        "3005020002 0101",
        "3006020101020181",
        "310602010102 0101",
    ],
)
def test_what_is_no_signature_is_refused(der: str) -> None:
    with pytest.raises(ValueError, match="is"):
        read_ecdsa_signature(bytes.fromhex(der))


def damage(der: bytes, data: st.DataObject) -> bytes:
    """Some bytes out, some in."""
    at = data.draw(st.integers(0, len(der) - 1))
    return der[:at] + data.draw(st.binary(max_size=3)) + der[at + data.draw(st.integers(0, 3)) :]
