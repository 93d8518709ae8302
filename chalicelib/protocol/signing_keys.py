"""The keys a tenant signs with, over time: which one signs, and which are published.

A key is announced in the JWKS, signs from a moment that was fixed when it was announced, and stays
published after its successor began until no token of its own can be good any more. All of that follows
from the times in the record and the clock, so that nobody has to act at the right moment. All times are
in seconds since the epoch.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from chalicelib.record import Record

KeyType = Literal["EC", "RSA", "OKP"]
# made: KMS may not have heard of the roles' access to it yet, so it is not shown. announced: published, and
# not signing yet. retiring: published, and no longer signing. retired: neither.
Phase = Literal["made", "announced", "signing", "retiring", "retired"]

# RFC 7518 section 6.1, RFC 8037 section 2: what a key of a type signs with here. EdDSA is Ed25519.
ALGS: Mapping[KeyType, tuple[str, ...]] = {"EC": ("ES256",), "RSA": ("RS256", "PS256"), "OKP": ("EdDSA",)}

# How long an instance of a function goes by the record it has read.
RECORD_CACHE_SECONDS = 60
# How long whoever fetches the JWKS may keep it by HTTP, and how long a client may at all (docs/keys.md).
JWKS_MAX_AGE_SECONDS = 3_600
CLIENT_CACHE_SECONDS = 86_400
# KMS takes up to five minutes until the tags of a new key give access to it.
SETTLING_SECONDS = 600
# Longer than all the caches together, so that every client has a key before a token of it.
ANNOUNCED_SECONDS = 2 * 86_400
# No access token or ID token lives longer, whatever the settings were when it was issued.
LONGEST_TOKEN_SECONDS = 86_400
# For clocks that differ, a record that is a minute old, and a client's own leeway.
MARGIN_SECONDS = 600


def key_types(*, eddsa: bool) -> tuple[KeyType, ...]:
    """The types of keys that a tenant has."""
    return tuple(kty for kty in ALGS if kty != "OKP" or eddsa)


class SigningKey(Record, kw_only=True):
    """One key. `key_id` is KMS's, an ARN; `kid` its thumbprint, None where it has to be asked for;
    `told` the last of its phases that the log has.
    """

    key_id: str
    kty: KeyType
    publish_from: int = 0
    sign_from: int = 0
    kid: str | None = None
    told: Phase = "made"


def signing_key(keys: Sequence[SigningKey], *, kty: KeyType, now: int) -> SigningKey | None:
    """The key of a type that signs at a time; None where there is no key of it at all."""
    own = _in_order(keys, kty)
    return own[_signing(own, now)] if own else None


def phase(key: SigningKey, keys: Sequence[SigningKey], *, now: int, retention: int) -> Phase:
    """Where one of `keys` is in its life; `retention` is how long it stays published once another signs."""
    own = _in_order(keys, key.kty)
    place, signing = own.index(key), _signing(own, now)
    if place == signing:
        return "signing"
    if place > signing:
        return "announced" if key.publish_from <= now else "made"
    return "retiring" if now < own[place + 1].sign_from + retention else "retired"


def unpublished_at(key: SigningKey, keys: Sequence[SigningKey], *, retention: int) -> int | None:
    """When one of `keys` is published no longer; None where that is not known yet, as it has no successor."""
    own = _in_order(keys, key.kty)
    successors = own[own.index(key) + 1 :]
    return successors[0].sign_from + retention if successors else None


def published_keys(keys: Sequence[SigningKey], *, now: int, retention: int) -> list[SigningKey]:
    """The keys of the JWKS, those that sign first: a client that takes the first one takes the right one."""
    order: tuple[Phase, ...] = ("signing", "announced", "retiring")
    phases = [(phase(key, keys, now=now, retention=retention), key) for key in keys]
    return [key for wanted in order for found, key in phases if found == wanted]


def retention_seconds(*, session_lifetime: int) -> int:
    """How long a key stays published after its last signature: until every token of it has expired, and
    while it can be an id_token_hint of a session that still lasts.
    """
    return max(LONGEST_TOKEN_SECONDS, session_lifetime) + MARGIN_SECONDS


def _in_order(keys: Sequence[SigningKey], kty: KeyType) -> list[SigningKey]:
    return sorted((key for key in keys if key.kty == kty), key=lambda key: key.sign_from)


def _signing(own: Sequence[SigningKey], now: int) -> int:
    """The place of the last that has begun. Of the first where none has: by a clock that is behind."""
    return max((place for place, key in enumerate(own) if key.sign_from <= now), default=0)
