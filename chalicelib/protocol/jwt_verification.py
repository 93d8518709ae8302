"""Verifying JWTs: our own by our keys, a client's by its keys (RFC 7519 section 7.2, RFC 8725).

PyJWT does it, imported where it is first needed: of a function's start it is a third, and most
requests of most functions verify nothing.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from chalicelib.protocol.jwk import VerificationKey

MAX_JWT_CHARACTERS = 16 * 1024


class JwtError(Exception):
    """The token is not what it has to be. Carries no part of it."""


class VerificationKeys(Protocol):
    """The public keys this server signs, or signed not long ago, with."""

    def find(self, kid: str) -> VerificationKey | None: ...


def verify_own(token: str, *, keys: VerificationKeys, typ: str) -> dict[str, Any]:
    """The claims of a token this server signed with this `typ`; times are not looked at.

    Raises JwtError. The key decides which algorithms may be (RFC 8725 section 3.1), `typ` keeps one
    kind of token from being taken for another (section 3.11).
    """
    header = read_header(token)
    kid = header.get("kid")
    key = keys.find(kid) if isinstance(kid, str) else None
    if key is None or header.get("typ") != typ or header.get("alg") not in key.algs:
        raise JwtError
    return _verify(token, key.key, key.algs)


def verify_with_jwks(token: str, *, jwks: Sequence[Any], algorithms: Sequence[str]) -> dict[str, Any]:
    """The claims of a token one of these JWKs verifies; times are not looked at.

    A token's `kid` chooses among keys that have one; keys without are tried. Raises UnknownKey where no
    key fits, JwtError where none verifies.
    """
    import jwt  # noqa: PLC0415 - see above

    header = read_header(token)
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


def read_header(token: str) -> dict[str, Any]:
    """The header, not verified: it may choose a key and nothing else. Raises JwtError."""
    import jwt  # noqa: PLC0415 - see above

    if len(token) > MAX_JWT_CHARACTERS or not token.isascii():
        raise JwtError
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise JwtError from None


def read_claims(token: str) -> dict[str, Any]:
    """The claims, not verified: they may name a client and nothing else. Raises JwtError."""
    import jwt  # noqa: PLC0415 - see above

    read_header(token)
    try:
        return _object(jwt.decode(token, options={"verify_signature": False}))
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise JwtError from None


def _verify(token: str, key: Any, algorithms: Sequence[str]) -> dict[str, Any]:
    import jwt  # noqa: PLC0415 - see above

    try:
        return _object(jwt.decode(token, key, algorithms=list(algorithms), options=_SIGNATURE_ONLY))
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise JwtError from None


def _object(claims: Any) -> dict[str, Any]:
    if not isinstance(claims, dict):
        raise JwtError
    return claims


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
}
