"""Verifying what this server signed, by its own keys (RFC 7519 section 7.2, RFC 8725)."""

from typing import Any, Protocol

from chalicelib.protocol.jwk import VerificationKey
from chalicelib.protocol.jws import JwtError, parse_compact
from chalicelib.protocol.jws_signature import is_signature_of


class VerificationKeys(Protocol):
    """The public keys this server signs, or signed not long ago, with."""

    def find(self, kid: str) -> VerificationKey | None: ...


def verify_own(token: str, *, keys: VerificationKeys, typ: str) -> dict[str, Any]:
    """The claims of a token this server signed with this `typ`; times are not looked at.

    Raises JwtError. The key decides which algorithms may be (RFC 8725 section 3.1), `typ` keeps one
    kind of token from being taken for another (section 3.11). Claims are read only once verified.
    """
    parsed = parse_compact(token)
    header = parsed.header
    kid, alg = header.get("kid"), header.get("alg")
    key = keys.find(kid) if isinstance(kid, str) else None
    if key is None or alg not in key.algs or header.get("typ") != typ:
        raise JwtError
    # RFC 7515 section 4.1.11: there is no extension this server understands.
    if "crit" in header:
        raise JwtError
    if not is_signature_of(key, signed=parsed.signed, signature=parsed.signature, alg=alg):
        raise JwtError
    return parsed.claims()
