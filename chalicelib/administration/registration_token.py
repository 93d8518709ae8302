"""Initial access tokens: who holds one may register clients (RFC 7591 section 3), as its operator lets them.

A token is `<token_id>.<secret>`, of which a hash is kept.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.registry import Administrator, Registered, Registry, new_identifier
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.errors import InvalidScope
from chalicelib.protocol.scope import parse_scope
from chalicelib.protocol.supported import DYNAMIC_GRANT_TYPES, REGISTRABLE_GRANT_TYPES
from chalicelib.record import Record

ID_BYTES = 12
SECRET_BYTES = 32
MAX_NAME = 200
MAX_USES = 1_000_000


class RegistrationToken(Record, kw_only=True):
    """One initial access token. `max_uses` and `expires_at` (seconds since the epoch) are None for no end;
    `scope` is all that its clients may be registered with, None for what any may that registers itself.
    """

    token_id: str
    token_name: str
    token_hash: str
    created_at: int
    expires_at: int | None = None
    max_uses: int | None = None
    uses: int = 0
    grant_types: tuple[str, ...] = DYNAMIC_GRANT_TYPES
    scope: tuple[str, ...] | None = None

    def is_good(self, secret: str, *, now: int) -> bool:
        """Whether this is its secret, and it may be used once more; compared in constant time."""
        right = hmac.compare_digest(hash_token(secret), self.token_hash)
        lives = self.expires_at is None or self.expires_at > now
        return right and lives and (self.max_uses is None or self.uses < self.max_uses)


class RegistrationTokens(Protocol):
    """Where initial access tokens are kept, for whom registers by one. Reads see every write before them."""

    def find(self, token_id: str) -> RegistrationToken | None: ...

    def use(self, token: RegistrationToken, *, now: int) -> bool:
        """One conditional write: counts a use, where the token is good for one more now."""

    def take_back(self, token: RegistrationToken) -> None:
        """The use that was counted made nothing: it counts no more. Never raises for AWS's sake."""


class RegistrationTokenAdministration(Record, kw_only=True):
    """Makes and deletes initial access tokens. Raises refusals of refusals.py, and TemporarilyUnavailable."""

    tokens: Registry[RegistrationToken]
    random: RandomText

    def create(self, document: Mapping[str, Any], *, now: int) -> tuple[Registered[RegistrationToken], str]:
        """A new one, and its text, which nobody can show again. `document` has token_name, and any of
        lifetime (seconds), max_uses, grant_types, scope. Raises InvalidMember.
        """
        secret = self.random(SECRET_BYTES)
        lifetime = document.get("lifetime")
        token = RegistrationToken(
            token_id=new_identifier(self.random, ID_BYTES),
            token_name=document["token_name"],
            token_hash=hash_token(secret),
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
            max_uses=document.get("max_uses"),
            grant_types=tuple(document.get("grant_types") or DYNAMIC_GRANT_TYPES),
            scope=tuple(document["scope"].split()) if document.get("scope") is not None else None,
        )
        check_registration_token(token)
        made = self._administrator.create(token, now=now)
        if made is None:
            raise InvalidMember("A token of this name was made at the same time. Try again.")
        return made, f"{token.token_id}.{secret}"

    def find(self, token_id: str) -> Registered[RegistrationToken]:
        """The token of this token_id. Raises NotRegistered."""
        return self._administrator.find(token_id)

    def delete(self, token_id: str) -> Registered[RegistrationToken]:
        """Deletes it, and returns what it was: nobody registers by it from now on. Raises NotRegistered."""
        return self._administrator.remove(token_id)

    @property
    def _administrator(self) -> Administrator[RegistrationToken]:
        return Administrator(kind="registration token", registry=self.tokens, random=self.random)


def check_registration_token(token: RegistrationToken) -> None:
    """What a token may say. Raises InvalidMember."""
    name = token.token_name
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise InvalidMember(f"A name is 1 to {MAX_NAME} printable characters: whom the token is for, say.")
    if token.expires_at is not None and token.expires_at <= token.created_at:
        raise InvalidMember("A token expires after it was made.")
    if token.max_uses is not None and not 0 < token.max_uses <= MAX_USES:
        raise InvalidMember(f"A token is good for 1 to {MAX_USES} clients.")
    if not set(token.grant_types) <= set(REGISTRABLE_GRANT_TYPES):
        raise InvalidMember(f"Grant types are of {', '.join(REGISTRABLE_GRANT_TYPES)}.")
    try:
        parse_scope(" ".join(token.scope or ()))
    except InvalidScope as error:
        raise InvalidMember(error.description) from None


def parse_registration_token(text: str) -> tuple[str, str]:
    """A token's id and secret; what is none has an id that nobody has."""
    token_id, _, secret = text.partition(".")
    return token_id, secret


def hash_token(secret: str) -> str:
    """What is kept of a token of 256 random bits: SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
