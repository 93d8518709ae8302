"""Which of somebody else's JWKs may verify a signature, and which is encrypted to: RFC 7517 section 4,
RFC 7518 section 6, RFC 8725.

The algorithm says what key it takes, never the key what algorithm (RFC 8725 section 3.1).
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

# RFC 7518 section 3.3; and no larger than is in use, as what verifies pays for the size.
MIN_RSA_BITS = 2_048
MAX_RSA_BITS = 8_192
# By 1 nothing is encrypted; an exponent as long as the modulus takes a hundred times as long to verify by.
MAX_EXPONENT_BITS = 64

# RFC 9864 section 2.2: EdDSA, the older name, could be another curve as well; here it is not.
_OKP = {"kty": "OKP", "crv": "Ed25519"}
_KEYS: Mapping[str, Mapping[str, str]] = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "Ed25519": _OKP,
    "EdDSA": _OKP,
    "PS256": {"kty": "RSA"},
    "RS256": {"kty": "RSA"},
}
# RFC 7518 section 4.6, RFC 8037 section 3.2; an RSA key has no curve.
_ECDH = (("EC", "P-256"), ("EC", "P-384"), ("EC", "P-521"), ("OKP", "X25519"))
_RSA = (("RSA", None),)
# RFC 7517 section 4.3.
_ENCRYPTING = ("encrypt", "wrapKey", "deriveKey", "deriveBits")
# RFC 7518 sections 6.2.2, 6.3.2 and 6.4: one prime is all of an RSA key.
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def may_verify(jwk: Any, alg: str) -> bool:
    """Whether a signature by this algorithm could be this key's: a public key of its kind, of a sound size,
    and for signatures as far as it says what it is for. `alg` is one of ASSERTION_ALGORITHMS.
    """
    if not isinstance(jwk, dict) or PRIVATE_MEMBERS & jwk.keys():
        return False
    operations = jwk.get("key_ops", ("verify",))
    return (
        all(jwk.get(name) == value for name, value in _KEYS[alg].items())
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list | tuple)
        and "verify" in operations
        and _same_alg(jwk.get("alg", alg), alg)
        and not is_weak(jwk)
    )


def may_encrypt(jwk: Any, alg: str) -> bool:
    """Whether what is encrypted by this algorithm could be for this key: a public key of its kind, of a sound
    size, and for encryption as far as it says what it is for. `alg` is one of ENCRYPTION_ALGORITHMS.
    """
    if not isinstance(jwk, dict) or PRIVATE_MEMBERS & jwk.keys():
        return False
    operations = jwk.get("key_ops", _ENCRYPTING)
    return (
        (jwk.get("kty"), jwk.get("crv")) in (_ECDH if alg.startswith("ECDH-ES") else _RSA)
        and jwk.get("use", "enc") == "enc"
        and isinstance(operations, list | tuple)
        and any(operation in operations for operation in _ENCRYPTING)
        and jwk.get("alg", alg) == alg
        and not is_weak(jwk)
    )


def some_may_encrypt(jwks: Sequence[Any], alg: str) -> bool:
    """Whether any of the keys is of use with the algorithm."""
    return any(may_encrypt(jwk, alg) for jwk in jwks)


def is_weak(jwk: Mapping[str, Any]) -> bool:
    """Whether it is an RSA key of fewer bits than anybody may use, or of more than anybody does."""
    if jwk.get("kty") != "RSA":
        return False
    modulus, exponent = _bits(jwk.get("n")), _bits(jwk.get("e"))
    return not (MIN_RSA_BITS <= modulus <= MAX_RSA_BITS and 1 < exponent <= MAX_EXPONENT_BITS)


def some_may_verify(jwks: Sequence[Any], algorithms: Sequence[str]) -> bool:
    """Whether any of the keys is of use with any of the algorithms."""
    return any(may_verify(jwk, alg) for jwk in jwks for alg in algorithms)


def _same_alg(named: Any, alg: str) -> bool:
    return named == alg or (isinstance(named, str) and _KEYS[alg] is _OKP is _KEYS.get(named))


def _bits(n: Any) -> int:
    """Of a Base64urlUInt (RFC 7518 section 2); 0 where it is none."""
    try:
        return int.from_bytes(base64.urlsafe_b64decode(n + "=" * (-len(n) % 4)), "big").bit_length()
    except (TypeError, ValueError):
        return 0
