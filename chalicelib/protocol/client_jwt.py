"""Verifying what a client signed, by the client's keys (RFC 7519 section 7.2, RFC 8725).

PyJWT does it, imported where it is first needed: it is slow to start, and few requests need it.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.protocol.jws import JwtError, parse_compact


def verify_with_jwks(token: str, *, jwks: Sequence[Any], algorithms: Sequence[str]) -> dict[str, Any]:
    """The claims of a token one of these JWKs verifies; times are not looked at.

    A token's `kid` chooses among keys that have one; keys without are tried. Raises UnknownKey where no
    key fits, JwtError where none verifies.
    """
    import jwt  # noqa: PLC0415 - see above

    header = parse_compact(token).header
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or alg not in algorithms:
        raise JwtError
    candidates = [
        jwk
        for jwk in jwks
        if isinstance(jwk, dict)
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", alg) == alg
        and (kid is None or jwk.get("kid", kid) == kid)
    ]
    fitting = 0
    for jwk in candidates:
        try:
            key = jwt.PyJWK(jwk, algorithm=alg).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        fitting += 1
        try:
            return _verify(token, key, (alg,))
        except JwtError:
            continue
    raise JwtError if fitting else UnknownKey


class UnknownKey(JwtError):
    """No key of the set could have signed the token."""


def read_claims(token: str) -> dict[str, Any]:
    """The claims, not verified: they may name a client and nothing else. Raises JwtError."""
    return parse_compact(token).claims()


def _verify(token: str, key: Any, algorithms: Sequence[str]) -> dict[str, Any]:
    import jwt  # noqa: PLC0415 - see above

    try:
        return jwt.decode(token, key, algorithms=list(algorithms), options=_SIGNATURE_ONLY)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise JwtError from None


# Claims are checked by the rules, which are given the time; PyJWT would ask the clock.
_SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
    # RFC 7518 section 3.3: an RSA key has 2048 bits or more; PyJWT alone would only warn.
    "enforce_minimum_key_length": True,
}
