"""Tokens to be signed: JWS compact serialization (RFC 7515 section 7.1)."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedToken:
    """A token before its signature: the JWS algorithm, the `typ` of its header and its claims."""

    alg: str
    typ: str
    claims: Mapping[str, Any] = field(hash=False)


class Signer(Protocol):
    """Signs with this server's keys."""

    def sign(self, tokens: Sequence[UnsignedToken]) -> list[str]:
        """All tokens in compact form, in their order, signed in parallel.

        Raises TemporarilyUnavailable where the keys can't be reached, LookupError for an algorithm
        without a key.
        """


def signing_input(token: UnsignedToken, *, kid: str) -> bytes:
    """What is signed: the encoded header, a dot, the encoded claims (RFC 7515 section 5.1)."""
    header = {"alg": token.alg, "typ": token.typ, "kid": kid}
    return _encode(header) + b"." + _encode(token.claims)


def compact(signed: bytes, signature: bytes) -> str:
    """The token as sent; `signature` as JWS wants it (ES256: 64 bytes, r and s)."""
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def _encode(members: Mapping[str, Any]) -> bytes:
    text = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=")
