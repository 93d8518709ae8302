"""The two things KMS says in DER: a public key (RFC 5280 section 4.1, RFC 8410), an ECDSA signature (RFC 3279
section 2.2.3).

cryptography reads them too, in 20 ms of every start; what only publishes keys, or only signs, needs no more
of it than this.
"""

from typing import Literal

from chalicelib.record import Record

KeyKind = Literal["P-256", "RSA", "Ed25519"]

_INTEGER, _BIT_STRING, _SEQUENCE = 0x02, 0x03, 0x30
# The content of AlgorithmIdentifier: id-ecPublicKey with secp256r1 (RFC 5480), rsaEncryption (RFC 3279),
# id-Ed25519 (RFC 8410).
_ALGORITHMS: dict[bytes, KeyKind] = {
    bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107"): "P-256",
    bytes.fromhex("06092a864886f70d0101010500"): "RSA",
    bytes.fromhex("06032b6570"): "Ed25519",
}
_POINT_BYTES = 65
_ED25519_BYTES = 32
_UNCOMPRESSED = 4
_LONG_FORM = 0x80


class PublicKey(Record):
    """A public key's two numbers, big-endian: x and y of a P-256 key, 32 bytes each; n and e of RSA. Of
    Ed25519 there is one, as RFC 8032 writes it, and nothing second.
    """

    kind: KeyKind
    first: bytes
    second: bytes = b""


def read_public_key(der: bytes) -> PublicKey:
    """A SubjectPublicKeyInfo of a P-256, RSA or Ed25519 key. Raises ValueError for anything else."""
    (content,) = _elements(der, _SEQUENCE)
    algorithm, bits = _elements(content, _SEQUENCE, _BIT_STRING)
    kind = _ALGORITHMS.get(algorithm)
    if kind is None or bits[:1] != b"\0":
        raise ValueError("Only P-256, RSA and Ed25519 keys sign tokens.")
    key = bits[1:]
    if kind == "RSA":
        (numbers,) = _elements(key, _SEQUENCE)
        n, e = _elements(numbers, _INTEGER, _INTEGER)
        return PublicKey("RSA", _positive(n), _positive(e))
    if kind == "Ed25519":
        if len(key) != _ED25519_BYTES:
            raise ValueError("A point is not as RFC 8410 has it.")
        return PublicKey(kind, key)
    if len(key) != _POINT_BYTES or key[0] != _UNCOMPRESSED:
        raise ValueError("A point is not as KMS writes it.")
    return PublicKey("P-256", key[1:33], key[33:])


def read_ecdsa_signature(der: bytes) -> tuple[bytes, bytes]:
    """R and s, big-endian, without leading zeros. Raises ValueError."""
    (content,) = _elements(der, _SEQUENCE)
    r, s = _elements(content, _INTEGER, _INTEGER)
    return _positive(r), _positive(s)


def _positive(content: bytes) -> bytes:
    if not content or content[0] & 0x80:
        raise ValueError("A number is not positive.")
    return content.lstrip(b"\0")


def _elements(der: bytes, *tags: int) -> list[bytes]:
    """The contents of elements of these tags, of which all of `der` must be made."""
    found, at = [], 0
    for tag in tags:
        if der[at : at + 1] != bytes((tag,)):
            raise ValueError("This is another structure.")
        length, at = _length(der, at + 1)
        found.append(der[at : at + length])
        at += length
    if at != len(der):
        raise ValueError("This is shorter or longer than it says.")
    return found


def _length(der: bytes, at: int) -> tuple[int, int]:
    """A length, and where it ends: one byte, or as many as its first byte says."""
    first = der[at] if at < len(der) else _LONG_FORM
    if first < _LONG_FORM:
        return first, at + 1
    end = at + 1 + first - _LONG_FORM
    length = int.from_bytes(der[at + 1 : end], "big")
    if length < _LONG_FORM or der[at + 1] == 0:
        raise ValueError("A length is not as short as it can be.")
    return length, end
