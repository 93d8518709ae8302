"""An app: makes authorization requests, redeems codes, uses and refreshes tokens."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt

from chalicelib.protocol.client import Client
from tests.support.browser import Browser
from tests.support.http import Answer, Caller, Fields
from tests.support.tenant import SECRET, Person


@dataclass
class ClientApp:
    """One client at work. Authenticates with its secret by its registered method, `none` names it only."""

    client: Client
    caller: Caller
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    redirect_uri: str = ""
    secret: str = SECRET

    def __post_init__(self) -> None:
        self.redirect_uri = self.redirect_uri or next(iter(self.client.redirect_uris), "")

    def request(self, **changes: str | list[str] | None) -> dict[str, Any]:
        """The parameters of a good authorization request; None takes one away."""
        fields: dict[str, Any] = {
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile email offline_access",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": s256(self.code_verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def code(self, browser: Browser, person: Person, **changes: str | list[str] | None) -> str:
        """A code, from a whole sign-in."""
        return browser.authorize(person, self.request(**changes)).query["code"]

    def redeem(self, code: str, **changes: str | list[str] | None) -> Answer:
        """The token response to a code."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.code_verifier,
            **changes,
        }
        return self.token(fields)

    def tokens(self, browser: Browser, person: Person, **changes: str | list[str] | None) -> dict[str, Any]:
        """All the tokens of a whole sign-in."""
        answer = self.redeem(self.code(browser, person, **changes))
        assert answer.status == 200, answer.body
        tokens: dict[str, Any] = answer.json
        return tokens

    def refresh(self, refresh_token: str, **changes: str | list[str] | None) -> Answer:
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **changes})

    def token(self, fields: Fields) -> Answer:
        """An access token request with the client's own authentication."""
        return self.post("/token", fields)

    def post(self, path: str, fields: Fields) -> Answer:
        client_id = self.client.client_id
        match self.client.token_endpoint_auth_method:
            case "none":
                return self.caller.post(path, {"client_id": client_id, **fields})
            case "client_secret_basic":
                return self.caller.post(path, fields, auth=(client_id, self.secret))
            case "client_secret_post":
                return self.caller.post(
                    path, {"client_id": client_id, "client_secret": self.secret, **fields}
                )
            case _:
                raise AssertionError("a test that uses assertions makes them itself")


def s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def verified(token: str, caller: Caller, *, audience: str | None = None) -> dict[str, Any]:
    """A token's claims, verified by PyJWT with the published keys and nothing of ours."""
    header = jwt.get_unverified_header(token)
    keys = caller.get("/jwks").json["keys"]
    (key,) = [key for key in keys if key["kid"] == header["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token,
        jwt.PyJWK(key, algorithm=header["alg"]).key,
        algorithms=[header["alg"]],
        audience=audience,
        issuer=caller.issuer,
        options={"verify_aud": audience is not None, "require": ["iss", "sub", "aud", "iat", "exp"]},
    )
    return claims


def unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, as written."""
    parts = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]
    return parts[0], parts[1]


def path_of(url: str) -> str:
    return urlsplit(url).path
