"""Public keys as JWKs (RFC 7517, RFC 7518 section 6) and their thumbprints (RFC 7638)."""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib.record import Record

PublicKey = EllipticCurvePublicKey | RSAPublicKey

P256_BYTES = 32

_SHA256 = SHA256()
_ECDSA = ECDSA(_SHA256)
# RFC 7518 section 3.5: the salt of PS256 is as long as the hash.
_RSA_PADDINGS = {"RS256": PKCS1v15(), "PS256": PSS(MGF1(_SHA256), _SHA256.digest_size)}


class VerificationKey(Record):
    """A key this server signs with, as its verifiers see it; `algs` are the JWS algorithms it serves."""

    kid: str
    algs: tuple[str, ...]
    jwk: dict[str, str]
    key: PublicKey

    def verifies(self, signed: bytes, signature: bytes, *, alg: str) -> bool:
        """Whether the signature is this key's, by one of its `algs` (RFC 7518 sections 3.3 to 3.5)."""
        try:
            if isinstance(self.key, RSAPublicKey):
                self.key.verify(signature, signed, _RSA_PADDINGS[alg], _SHA256)
            else:
                self.key.verify(_to_der(signature), signed, _ECDSA)
        except InvalidSignature:
            return False
        return True


def verification_key(der: bytes, *, algs: tuple[str, ...]) -> VerificationKey:
    """A DER SubjectPublicKeyInfo (P-256 or RSA) as a verification key; its kid is its thumbprint.

    Raises ValueError for any other key. `alg` is stated only where there is one: an RSA key serves
    both RS256 and PS256.
    """
    key = load_der_public_key(der)
    match key:
        case EllipticCurvePublicKey() if key.curve.name == "secp256r1":
            point = key.public_numbers()
            members = {
                "crv": "P-256",
                "kty": "EC",
                "x": _base64url(point.x, P256_BYTES),
                "y": _base64url(point.y, P256_BYTES),
            }
        case RSAPublicKey():
            numbers = key.public_numbers()
            members = {
                "e": _base64url(numbers.e, (numbers.e.bit_length() + 7) // 8),
                "kty": "RSA",
                "n": _base64url(numbers.n, (numbers.n.bit_length() + 7) // 8),
            }
        case _:
            raise ValueError("Only P-256 and RSA keys sign tokens.")
    kid = thumbprint(members)
    stated = {"alg": algs[0]} if len(algs) == 1 else {}
    return VerificationKey(kid, algs, {**members, "kid": kid, "use": "sig", **stated}, key)


def thumbprint(members: dict[str, str]) -> str:
    """RFC 7638 section 3: SHA-256 over the required members, in order, without white space."""
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _to_der(signature: bytes) -> bytes:
    """RFC 7518 section 3.4: r and s, 32 bytes each. Raises InvalidSignature for another length."""
    if len(signature) != 2 * P256_BYTES:
        raise InvalidSignature
    r, s = signature[:P256_BYTES], signature[P256_BYTES:]
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def _base64url(number: int, length: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(length, "big")).rstrip(b"=").decode()
