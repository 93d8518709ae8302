"""Signed tokens put together and taken apart: JWS compact serialization (RFC 7515 section 7.1)."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.record import Record, field

if TYPE_CHECKING:
    from chalicelib.protocol.recipient import Recipient

MAX_JWT_CHARACTERS = 16 * 1024

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")


class JwtError(Exception):
    """The token is not what it has to be. Carries no part of it."""


class UnsignedToken(Record, kw_only=True):
    """A token before its signature: the JWS algorithm, the `typ` of its header and its claims. A `recipient`
    says for which client it is made in a way of its own, None for a signature by one of this server's keys.
    """

    alg: str
    typ: str
    claims: Mapping[str, Any] = field(hash=False)
    recipient: "Recipient | None" = None


class Signer(Protocol):
    """Signs with this server's keys."""

    def sign(self, tokens: Sequence[UnsignedToken]) -> list[str]:
        """All tokens in compact form, in their order, signed in parallel.

        Raises TemporarilyUnavailable where the keys can't be reached, ServerError for an algorithm without a
        key, and for what is too long for one.
        """


def signing_input(token: UnsignedToken, *, kid: str | None) -> bytes:
    """What is signed: the encoded header, a dot, the encoded claims (RFC 7515 section 5.1)."""
    header = {"alg": token.alg, "typ": token.typ, **({"kid": kid} if kid is not None else {})}
    return _encode(header) + b"." + _encode(token.claims)


def compact(signed: bytes, signature: bytes) -> str:
    """The token as sent; `signature` as JWS wants it (ES256: 64 bytes, r and s)."""
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


class CompactToken(Record):
    """A token taken apart; nothing of it is verified. `signed` is what its signature is over."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    def claims(self) -> dict[str, Any]:
        """Raises JwtError where the payload is no JSON object."""
        return _decode(self.payload)


def parse_compact(token: str) -> CompactToken:
    """Raises JwtError for what is no JWS in compact serialization, and for more than 16 KB."""
    match = _COMPACT.fullmatch(token) if len(token) <= MAX_JWT_CHARACTERS else None
    if match is None:
        raise JwtError
    try:
        header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in match.groups())
    except ValueError:
        raise JwtError from None
    return CompactToken(_decode(header), payload, token[: match.end(2)].encode(), signature)


_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_decoder = json.JSONDecoder()


def encode_json(members: Mapping[str, Any]) -> bytes:
    """Members as JSON, as short as it can be."""
    return _json.encode(members).encode()


def _encode(members: Mapping[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(encode_json(members)).rstrip(b"=")


def _decode(text: bytes) -> dict[str, Any]:
    try:
        members = _decoder.decode(text.decode())
    except (ValueError, RecursionError):
        raise JwtError from None
    if not isinstance(members, dict):
        raise JwtError
    return members
