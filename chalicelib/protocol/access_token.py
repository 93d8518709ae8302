"""Access tokens shown to this server: RFC 9068 section 4. Those that are opaque: opaque_token.py.

The `jti` of a token that stems from a grant is `<grant_id>.<random>`: introspection and userinfo
find the grant by it, so that a revoked grant ends its tokens.
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.protocol.errors import InvalidToken
from chalicelib.protocol.jws import JwtError
from chalicelib.protocol.jwt_verification import VerificationKeys, verify_own
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.unsigned_tokens import AT_JWT, GRANTED_TO
from chalicelib.record import Record, field

_JTI = re.compile(r"(?:([A-Za-z0-9_-]{22})\.)?[A-Za-z0-9_-]{22}")


class AccessToken(Record, kw_only=True):
    """A verified access token; `grant_id` is None where it stems from no grant (client credentials).
    `granted_to` is the client the grant was given to: of an exchanged token, another than it was issued to.
    `token_hash` is by what an opaque one is kept, None for a JWT.
    """

    jti: str
    grant_id: str | None
    sub: str
    client_id: str
    granted_to: str
    audience: tuple[str, ...]
    scope: tuple[str, ...]
    iat: int
    exp: int
    claims: Mapping[str, Any] = field(hash=False)
    token_hash: str | None = None

    @property
    def facts(self) -> dict[str, str]:
        """What the log line says of it. Without a grant there is no person: its `sub` is the client."""
        return _facts(self.grant_id, self.sub)


def verify_access_token(token: str, *, keys: VerificationKeys, issuer: str, now: int) -> AccessToken:
    """The token if this server signed it as an access token and it has not expired (RFC 9068 section 4).

    Raises InvalidToken otherwise. Whether it was revoked is not known here.
    """
    try:
        claims = verify_own(token, keys=keys, typ=AT_JWT)
    except JwtError:
        raise refuse("token_malformed") from None
    return access_token(claims, issuer=issuer, now=now)


def access_token_facts(claims: Mapping[str, Any]) -> dict[str, str]:
    """What the log line says of a token with these claims, whether it counts or not."""
    return _facts(claims["jti"].rpartition(".")[0], claims["sub"])


def _facts(grant_id: str | None, sub: str) -> dict[str, str]:
    return {"grant_id": grant_id, "sub": sub} if grant_id else {}


def access_token(
    claims: Mapping[str, Any], *, issuer: str, now: int, token_hash: str | None = None
) -> AccessToken:
    """The token of these claims, whose origin was verified. Raises InvalidToken."""
    match = _JTI.fullmatch(claims["jti"])
    if claims["iss"] != issuer or match is None:
        raise refuse("token_malformed")
    if claims["exp"] <= now:
        raise refuse("token_expired")
    audience = claims["aud"]
    return AccessToken(
        jti=claims["jti"],
        grant_id=match[1],
        sub=claims["sub"],
        client_id=claims["client_id"],
        granted_to=claims.get(GRANTED_TO, claims["client_id"]),
        audience=(audience,) if isinstance(audience, str) else tuple(audience),
        scope=tuple(claims.get("scope", "").split()),
        iat=claims["iat"],
        exp=claims["exp"],
        claims=claims,
        token_hash=token_hash,
    )


def refuse(reason: Reason) -> InvalidToken:
    """One answer for every failure."""
    return InvalidToken("The access token is invalid or has expired.", reason=reason)
