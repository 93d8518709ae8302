"""Opaque access tokens: random text whose hash is the key of what it stands for, for resource servers that
ask for them. Nobody reads anything out of one, and who it is for introspects it (RFC 7662).

The prefix is there for scanners of secrets, which find a token in a log or a repository by it.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.protocol.access_token import AccessToken, access_token, refuse, verify_access_token
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.subject import Subjects
from chalicelib.record import Record, field, replace

PREFIX = "keyturn_at_"
SECRET_BYTES = 32

_OPAQUE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")


class OpaqueToken(Record, kw_only=True):
    """One to be kept, by its hash: the claims that a JWT would have in its place (unsigned_tokens.py)."""

    token_hash: str
    claims: Mapping[str, Any] = field(hash=False)


class OpaqueTokens(Protocol):
    """Where they are found."""

    def find(self, token_hash: str) -> Mapping[str, Any] | None:
        """The claims of a token, which never change; whether it was revoked tells TokenStatuses. None where
        there is none.
        """


class OpaqueTokenRevocation(Protocol):
    """Ends them."""

    def revoke_opaque(self, token_hash: str, *, client_id: str) -> Mapping[str, Any] | None:
        """One conditional write: the token ends if it is this client's, and these are its claims; None where
        it is not, or there is none.
        """


def new_opaque_token(secret: str) -> str:
    """The token with this secret of SECRET_BYTES random bytes, in base64url."""
    return PREFIX + secret


def hash_opaque_token(text: str) -> str:
    """By what a token is kept. 256 bits of it are random: no salt is needed, and looking it up takes no time
    that would tell anything.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def opaque_token_hash(text: str) -> str | None:
    """The same of a token that is shown; None for what can be none of them."""
    return hash_opaque_token(text) if _OPAQUE.fullmatch(text) else None


class AccessTokens(Record, kw_only=True):
    """What access tokens of either format are verified with."""

    issuer: str
    keys: VerificationKeys
    opaque_tokens: OpaqueTokens
    subjects: Subjects

    def verify(self, text: str, *, now: int) -> AccessToken:
        """The token if this server issued it as an access token and it has not expired; its `sub` is the
        person's own, whatever its claims tell their client.

        Raises InvalidToken otherwise, TemporarilyUnavailable. Whether it was revoked is not known here.
        """
        token_hash = opaque_token_hash(text)
        if token_hash is None:
            token = verify_access_token(text, keys=self.keys, issuer=self.issuer, now=now)
            return self._local(token)
        claims = self.opaque_tokens.find(token_hash)
        if claims is None:
            raise refuse("token_unknown")
        return self._local(access_token(claims, issuer=self.issuer, now=now, token_hash=token_hash))

    def _local(self, token: AccessToken) -> AccessToken:
        sub = self.subjects.local(token.sub)
        return token if sub == token.sub else replace(token, sub=sub)
