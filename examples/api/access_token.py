"""Checking access tokens at a resource server: RFC 9068 section 4, with PyJWT."""

import json
import urllib.request
from typing import Any

import jwt

# The server's asymmetric algorithms. Never take the algorithm from the token alone.
ALGORITHMS = ["ES256", "RS256", "PS256"]
REQUIRED_CLAIMS = ["aud", "client_id", "exp", "iat", "iss", "jti", "sub"]
CLOCK_SKEW_SECONDS = 10
TIMEOUT_SECONDS = 5
# So that tokens with invented key names cannot make this API flood the issuer.
REFETCH_SECONDS = 30


class AccessTokenVerifier:
    """Verifies access tokens of one issuer for one audience.

    The keys are found through the issuer's metadata (RFC 8414) at the first token, kept for five
    minutes, and fetched anew when a token names one that is not among them.
    """

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys: jwt.PyJWKClient | None = None

    def verify(self, token: str) -> dict[str, Any]:
        """The token's claims.

        Raises jwt.InvalidTokenError for a token that is not to be accepted, and
        jwt.PyJWKClientConnectionError or OSError where the issuer cannot be reached.
        """
        # RFC 9068 section 4: the type tells an access token from an ID token of the same issuer.
        token_type = str(jwt.get_unverified_header(token).get("typ", "")).lower()
        if token_type.removeprefix("application/") != "at+jwt":
            raise jwt.InvalidTokenError("The token is no access token.")
        claims: dict[str, Any] = jwt.decode(
            token,
            self._find_key(token),
            algorithms=ALGORITHMS,
            issuer=self._issuer,
            audience=self._audience,  # found in `aud` whether that is a string or an array
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": REQUIRED_CLAIMS},
        )
        return claims

    def _find_key(self, token: str) -> Any:
        if self._keys is None:
            self._keys = jwt.PyJWKClient(
                self._discover_jwks_uri(), timeout=TIMEOUT_SECONDS, cooldown_duration=REFETCH_SECONDS
            )
        try:
            return self._keys.get_signing_key_from_jwt(token)
        except jwt.PyJWKClientConnectionError:
            raise
        except jwt.PyJWKClientError as error:
            raise jwt.InvalidTokenError("The token is signed with an unknown key.") from error

    def _discover_jwks_uri(self) -> str:
        url = f"{self._issuer}/.well-known/oauth-authorization-server"
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - a configured URL
            metadata = json.load(answer)
        # RFC 8414 section 3.3: metadata of another issuer is not to be used.
        if metadata["issuer"] != self._issuer:
            raise OSError(f"{url} describes another issuer.")
        return str(metadata["jwks_uri"])


def has_scope(claims: dict[str, Any], scope: str) -> bool:
    """Whether the token was granted a scope (RFC 9068 section 2.2.3)."""
    return scope in str(claims.get("scope", "")).split(" ")
