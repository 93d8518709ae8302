"""Access tokens shown to this server: RFC 9068 section 4.

The `jti` of a token that stems from a grant is `<grant_id>.<random>`: introspection and userinfo
find the grant by it, so that a revoked grant ends its tokens.
"""

import re
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
    claims: dict[str, Any] = field(hash=False)

    @property
    def facts(self) -> dict[str, str]:
        """What the log line says of it. Without a grant there is no person: its `sub` is the client."""
        return {"grant_id": self.grant_id, "sub": self.sub} if self.grant_id else {}


def verify_access_token(token: str, *, keys: VerificationKeys, issuer: str, now: int) -> AccessToken:
    """The token if this server signed it as an access token and it has not expired (RFC 9068 section 4).

    Raises InvalidToken otherwise. Whether it was revoked is not known here.
    """
    try:
        claims = verify_own(token, keys=keys, typ=AT_JWT)
    except JwtError:
        raise _refuse("token_malformed") from None
    match = _JTI.fullmatch(claims["jti"])
    if claims["iss"] != issuer or match is None:
        raise _refuse("token_malformed")
    if claims["exp"] <= now:
        raise _refuse("token_expired")
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
    )


def _refuse(reason: Reason) -> InvalidToken:
    return InvalidToken("The access token is invalid or has expired.", reason=reason)
