"""Whether a signature is one of this server's keys': RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1.

The one place that does arithmetic with keys, by cryptography: what signs or publishes them does not wait for
its import.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib.protocol.der import read_public_key
from chalicelib.protocol.jwk import VerificationKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_NUMBER_BYTES = 32

_SHA256 = SHA256()
_ECDSA = ECDSA(_SHA256)
_P256 = SECP256R1()
# RFC 7518 section 3.5: the salt of PS256 is as long as the hash.
_RSA_PADDINGS = {"RS256": PKCS1v15(), "PS256": PSS(MGF1(_SHA256), _SHA256.digest_size)}


def is_signature_of(key: VerificationKey, *, signed: bytes, signature: bytes, alg: str) -> bool:
    """Whether the signature is this key's, by `alg`, which is one of the key's."""
    return _verify(key.der, signed, signature, alg)


# A resource server that asks at every request of its own shows one token again and again. What was computed
# of it stays true; whether it counts (exp, its grant, its key still being ours) is looked at every time.
@lru_cache(maxsize=256)
def _verify(der: bytes, signed: bytes, signature: bytes, alg: str) -> bool:
    public_key = _public_key(der)
    try:
        if isinstance(public_key, RSAPublicKey):
            public_key.verify(signature, signed, _RSA_PADDINGS[alg], _SHA256)
        elif isinstance(public_key, EllipticCurvePublicKey):
            public_key.verify(_to_der(signature), signed, _ECDSA)
        else:
            public_key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=32)
def _public_key(der: bytes) -> "EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey":
    """The key as cryptography wants it: it reads DER itself, but not without 10 ms more of imports."""
    key = read_public_key(der)
    if key.kind == "RSA":
        return RSAPublicNumbers(
            n=int.from_bytes(key.first, "big"), e=int.from_bytes(key.second, "big")
        ).public_key()
    if key.kind == "Ed25519":
        # Imported where it is first needed: most tenants have no such key.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

        return Ed25519PublicKey.from_public_bytes(key.first)
    return EllipticCurvePublicKey.from_encoded_point(_P256, b"\4" + key.first + key.second)


def _to_der(signature: bytes) -> bytes:
    """RFC 7518 section 3.4: r and s, 32 bytes each. Raises InvalidSignature for another length."""
    if len(signature) != 2 * _NUMBER_BYTES:
        raise InvalidSignature
    r, s = signature[:_NUMBER_BYTES], signature[_NUMBER_BYTES:]
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
