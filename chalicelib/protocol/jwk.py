"""Public keys as JWKs (RFC 7517, RFC 7518 section 6, RFC 8037) and their thumbprints (RFC 7638)."""

import base64
import hashlib
import json

from chalicelib.protocol.der import read_public_key
from chalicelib.record import Record, field


class VerificationKey(Record):
    """A key this server signs with, as its verifiers see it; `algs` are the JWS algorithms it serves,
    `der` is the SubjectPublicKeyInfo.
    """

    kid: str
    algs: tuple[str, ...]
    jwk: dict[str, str] = field(hash=False)
    der: bytes


def verification_key(der: bytes, *, algs: tuple[str, ...]) -> VerificationKey:
    """A DER SubjectPublicKeyInfo (P-256, RSA or Ed25519) as a verification key; its kid is its thumbprint.

    Raises ValueError for any other key. `alg` is stated only where there is one: an RSA key serves
    both RS256 and PS256.
    """
    members = _members(der)
    kid = thumbprint(members)
    stated = {"alg": algs[0]} if len(algs) == 1 else {}
    return VerificationKey(kid, algs, {**members, "kid": kid, "use": "sig", **stated}, der)


class EncryptionKey(Record):
    """A key others encrypt to, as they see it."""

    kid: str
    jwk: dict[str, str] = field(hash=False)


def encryption_key(der: bytes, *, alg: str | None) -> EncryptionKey:
    """A DER SubjectPublicKeyInfo as a key to encrypt to; `alg` where it has one alone. Raises ValueError."""
    members = _members(der)
    kid = thumbprint(members)
    stated = {"alg": alg} if alg else {}
    return EncryptionKey(kid, {**members, "kid": kid, "use": "enc", **stated})


def _members(der: bytes) -> dict[str, str]:
    """RFC 7518 section 6, RFC 8037 section 2."""
    key = read_public_key(der)
    first, second = _base64url(key.first), _base64url(key.second)
    if key.kind == "RSA":
        return {"e": second, "kty": "RSA", "n": first}
    if key.kind == "Ed25519":
        return {"crv": key.kind, "kty": "OKP", "x": first}
    return {"crv": key.kind, "kty": "EC", "x": first, "y": second}


def thumbprint(members: dict[str, str]) -> str:
    """RFC 7638 section 3: SHA-256 over the required members, in order, without white space."""
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(text.encode()).digest())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
