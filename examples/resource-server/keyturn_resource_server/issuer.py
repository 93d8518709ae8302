"""The issuer of the access tokens: where its endpoints are (RFC 8414) and which keys it signs with."""

import json
import urllib.error
import urllib.request
from typing import Any

import jwt

TIMEOUT_SECONDS = 5
# So that tokens with invented key names cannot make this API flood the issuer.
REFETCH_SECONDS = 30
# A key that is announced before it signs is known by then; one that was withdrawn is not used for longer.
KEYS_SECONDS = 300
MAX_ANSWER = 256 * 1024


class IssuerUnavailableError(Exception):
    """The issuer cannot be reached, or answers nonsense: nothing can be said of a token."""


class Issuer:
    """One issuer. Its metadata is fetched when it is first needed, its keys are kept for five minutes; a key
    that is not among them makes one more fetch, at most every 30 seconds.

    Safe to use from several threads; meant to be made once, outside the handler of a Lambda function.
    """

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        self._metadata: dict[str, Any] = {}
        self._keys: jwt.PyJWKClient | None = None

    def signing_key(self, token: str) -> jwt.PyJWK | None:
        """The published key a token names; None for none. Raises IssuerUnavailableError."""
        if self._keys is None:
            self._keys = jwt.PyJWKClient(
                self.endpoint("jwks_uri"),
                lifespan=KEYS_SECONDS,
                timeout=TIMEOUT_SECONDS,
                cooldown_duration=REFETCH_SECONDS,
            )
        try:
            return self._keys.get_signing_key_from_jwt(token)
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, ValueError) as error:
            raise IssuerUnavailableError("The issuer's keys cannot be fetched.") from error
        except (jwt.PyJWKClientError, jwt.InvalidTokenError):
            return None

    def endpoint(self, name: str) -> str:
        """A URL of the issuer's metadata, such as introspection_endpoint. Raises IssuerUnavailableError."""
        if not self._metadata:
            url = f"{self.identifier}/.well-known/oauth-authorization-server"
            found = fetch_json(urllib.request.Request(url))  # noqa: S310 - a configured URL
            # RFC 8414 section 3.3: metadata of another issuer is not to be used.
            if found.get("issuer") != self.identifier:
                raise IssuerUnavailableError(f"{url} describes another issuer.")
            self._metadata = found
        value = self._metadata.get(name)
        if not isinstance(value, str):
            raise IssuerUnavailableError(f"The issuer has no {name}.")
        return value


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """None: what is configured is what is asked."""


_opener = urllib.request.build_opener(_NoRedirects())


def fetch_json(request: urllib.request.Request) -> dict[str, Any]:
    """The JSON object a URL answers with, of 256 KB at most. Raises IssuerUnavailableError."""
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            found = json.loads(answer.read(MAX_ANSWER))
    except urllib.error.HTTPError as error:
        error.close()
        raise IssuerUnavailableError(f"{request.full_url} answers {error.code}.") from error
    except (OSError, ValueError) as error:
        raise IssuerUnavailableError(f"{request.full_url} cannot be read.") from error
    if not isinstance(found, dict):
        raise IssuerUnavailableError(f"{request.full_url} is no JSON object.")
    return found
