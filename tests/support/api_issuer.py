"""An issuer's metadata and keys for an API to fetch, and any token it could have signed."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse, LoopbackServer
from tests.support.client_key import ClientKey, client_key

API = "https://api.example.com/"
KEY, OTHER_KEY = client_key(kid="one"), client_key(kid="two")


class ApiIssuer:
    """Serves both over HTTP and counts how often its keys were fetched; `introspection` is what it answers
    about any token, `asked` how often it was.
    """

    def __init__(self) -> None:
        self.server = LoopbackServer()
        self.url = self.claimed_issuer = f"http://localhost:{self.server.port}"
        self.keys: list[dict[str, Any]] = [KEY.jwk(use="sig", alg="ES256")]
        self.fetched = self.asked = 0
        self.introspection: dict[str, Any] = {"active": False}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match request.target:
            case "/keys":
                self.fetched += 1
                return _json({"keys": self.keys})
            case "/introspect":
                self.asked += 1
                return _json(self.introspection)
        assert request.target == "/.well-known/oauth-authorization-server"
        return _json(
            {
                "issuer": self.claimed_issuer,
                "jwks_uri": f"{self.url}/keys",
                "introspection_endpoint": f"{self.url}/introspect",
            }
        )

    def token(
        self, *, key: Any = KEY.private, algorithm: str = "ES256", typ: str = "at+jwt", **claims: Any
    ) -> str:
        """An access token; a claim given as None is left out, `kid` is the header's."""
        headers = {"typ": typ, "kid": claims.pop("kid", "one")}
        return jwt.encode(self.claims(**claims), key, algorithm, headers=headers)

    def claims(self, **claims: Any) -> dict[str, Any]:
        """The claims of a good token, and these changes."""
        now = int(time.time())
        payload = {
            "iss": self.url,
            "aud": API,
            "sub": "ada",
            "client_id": "app",
            "iat": now,
            "exp": now + 60,
            "jti": "1",
            "scope": "notes:read notes:write",
        } | claims
        return {name: value for name, value in payload.items() if value is not None}


def signed_by(key: ClientKey, **changes: Any) -> dict[str, Any]:
    """What a token is made with for this key to have signed it."""
    return {"key": key.private, "algorithm": key.alg, "kid": key.kid, **changes}


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiIssuer]:
    """One at work."""
    monkeypatch.setenv("no_proxy", "localhost")
    issuer = ApiIssuer()
    with contextlib.closing(issuer.server.start(issuer)):
        yield issuer


def _json(document: dict[str, Any]) -> HttpResponse:
    return HttpResponse(200, (("content-type", "application/json"),), json.dumps(document).encode())
