"""Access tokens that are asked about: opaque ones, and any whose revocation must count at once (RFC 7662)."""

import base64
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode

import jwt

from keyturn_resource_server.access_token import (
    AccessToken,
    AccessTokens,
    InvalidTokenError,
    access_token,
)
from keyturn_resource_server.issuer import Issuer, fetch_json


class IntrospectedAccessTokens:
    """Asks the issuer about each token, as the client the API is registered with there (client_secret_basic).

    Nothing is kept: a token that was revoked is refused at the next call, for a request to the issuer each.
    """

    def __init__(self, issuer: Issuer, audience: str, *, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._audience = audience
        # RFC 6749 section 2.3.1: each part is form-encoded before they are joined.
        parts = (urlencode({"": part})[1:] for part in (client_id, client_secret))
        self._authorization = "Basic " + base64.b64encode(":".join(parts).encode()).decode()

    def verify(self, token: str) -> AccessToken:
        """Raises InvalidTokenError and IssuerUnavailableError."""
        found = self._introspect(token)
        if found.get("active") is not True:
            raise InvalidTokenError("The token is not active.")
        audience = found.get("aud")
        # RFC 7662 section 4: fails closed where the issuer does not say whom the token is for.
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidTokenError("The token is for another audience.")
        if found.get("iss", self._issuer.identifier) != self._issuer.identifier:
            raise InvalidTokenError("The token is of another issuer.")
        token_found = access_token(found)
        if token_found.exp <= time.time():
            raise InvalidTokenError("The token has expired.")
        return token_found

    def _introspect(self, token: str) -> dict[str, Any]:
        body = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
        headers = {
            "Authorization": self._authorization,
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        url = self._issuer.endpoint("introspection_endpoint")
        return fetch_json(urllib.request.Request(url, body, headers))  # noqa: S310 - the issuer's own


class JwtOrOpaqueAccessTokens:
    """Verifies JWTs on the spot and has all other tokens asked about."""

    def __init__(self, jwts: AccessTokens, opaque: AccessTokens) -> None:
        self._jwts = jwts
        self._opaque = opaque

    def verify(self, token: str) -> AccessToken:
        """Raises InvalidTokenError and IssuerUnavailableError."""
        try:
            jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            return self._opaque.verify(token)
        # A JWT that does not hold is not asked about: it would be another way in.
        return self._jwts.verify(token)
