"""Verifying what a client signed, by the client's keys (RFC 7519 section 7.2, RFC 8725).

PyJWT does it, imported where it is first needed: it is slow to start, and few requests need it.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.protocol.client_jwk import may_verify
from chalicelib.protocol.jws import CompactToken, JwtError, parse_compact

# RFC 9864: PyJWT has the older name alone.
_PYJWT_NAMES = {"Ed25519": "EdDSA"}


def verify_with_jwks(token: str, *, jwks: Sequence[Any], algorithms: Sequence[str]) -> dict[str, Any]:
    """The claims of a token one of these JWKs verifies; times are not looked at.

    A token's `kid` chooses among keys that have one; keys without are tried. Raises UnknownKey where no
    key is the one it names, or none verifies what names none: it may be newer than these; JwtError where the
    one it names does not verify.
    """
    parsed = parse_compact(token)
    alg, kid = parsed.header.get("alg"), parsed.header.get("kid")
    # RFC 7515 section 4.1.11: there is no extension this server understands.
    if not isinstance(alg, str) or alg not in algorithms or "crit" in parsed.header:
        raise JwtError
    if kid is not None and not isinstance(kid, str):
        raise JwtError
    candidates = [jwk for jwk in jwks if may_verify(jwk, alg) and (kid is None or jwk.get("kid", kid) == kid)]
    if any(_is_signed_by(parsed, jwk, alg) for jwk in candidates):
        return parsed.claims()
    named = [jwk for jwk in candidates if kid is not None and "kid" in jwk]
    raise JwtError if named else UnknownKey


class UnknownKey(JwtError):
    """None of the keys is the one that is said to have signed the token."""


def _is_signed_by(parsed: CompactToken, jwk: Any, alg: str) -> bool:
    import jwt  # noqa: PLC0415 - see above

    try:
        key = jwt.PyJWK(jwk, algorithm=_PYJWT_NAMES.get(alg, alg))
        return key.Algorithm.verify(parsed.signed, key.key, parsed.signature)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return False
