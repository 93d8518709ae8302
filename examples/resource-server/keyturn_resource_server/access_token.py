"""Access tokens that are JWTs: RFC 9068 section 4, with PyJWT."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from keyturn_resource_server.issuer import Issuer

# The server's asymmetric algorithms and their keys' types. Never take the algorithm from the token alone.
ALGORITHMS = {"ES256": "EC", "RS256": "RSA", "PS256": "RSA", "EdDSA": "OKP"}
REQUIRED_CLAIMS = ["aud", "client_id", "exp", "iat", "iss", "jti", "sub"]
CLOCK_SKEW_SECONDS = 10


class InvalidTokenError(Exception):
    """A token that is not to be accepted; says why, in words a client may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token that holds: whom it is about, who got it, for what (scope values) and until when (seconds
    since 1970). `claims` are all its claims, or members of its introspection.
    """

    sub: str
    client_id: str
    scope: frozenset[str]
    exp: int
    claims: Mapping[str, Any]


class AccessTokens(Protocol):
    """Tells which tokens hold."""

    def verify(self, token: str) -> AccessToken:
        """Raises InvalidTokenError, and IssuerUnavailableError where the issuer is needed and not there."""
        ...


class JwtAccessTokens:
    """Verifies access tokens of one issuer for one audience, with the keys it publishes."""

    def __init__(self, issuer: Issuer, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience

    def verify(self, token: str) -> AccessToken:
        """Raises InvalidTokenError and IssuerUnavailableError."""
        try:
            header = jwt.get_unverified_header(token)
            # RFC 9068 section 4: the type tells an access token from an ID token of the same issuer.
            if str(header.get("typ", "")).lower().removeprefix("application/") != "at+jwt":
                raise InvalidTokenError("The token is no access token.")
            algorithm = header.get("alg")
            if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
                raise InvalidTokenError("The token is signed with an algorithm that is not accepted.")
            key = self._issuer.signing_key(token)
            if key is None or key.key_type != ALGORITHMS[algorithm]:
                raise InvalidTokenError("The token is signed with an unknown key.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,  # not `key`: one RSA key serves two algorithms, of which PyJWT would guess the first
                algorithms=[algorithm],
                issuer=self._issuer.identifier,
                audience=self._audience,  # found in `aud` whether that is a string or an array
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": REQUIRED_CLAIMS},
            )
        except jwt.InvalidTokenError as error:
            raise InvalidTokenError(str(error)) from error
        return access_token(claims)


def access_token(claims: Mapping[str, Any]) -> AccessToken:
    """The token of verified claims. Raises InvalidTokenError for one that lacks what a caller is known by."""
    sub, client_id, exp = claims.get("sub"), claims.get("client_id"), claims.get("exp")
    if not isinstance(sub, str) or not isinstance(client_id, str) or not isinstance(exp, int):
        raise InvalidTokenError("The token does not say whose it is.")
    scope = claims.get("scope", "")
    values = scope.split(" ") if isinstance(scope, str) else ()
    return AccessToken(
        sub=sub, client_id=client_id, scope=frozenset(filter(None, values)), exp=exp, claims=claims
    )
