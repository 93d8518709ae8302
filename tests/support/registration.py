"""Clients that register themselves (RFC 7591), and manage what they registered (RFC 7592)."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.protocol.client import Client
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller

WEB: dict[str, Any] = {
    "redirect_uris": ["https://app.example.org/callback"],
    "client_name": "Harbour Photos",
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid profile offline_access",
}
# A resource server that is open to clients which registered themselves, and is no other test's: records are
# kept for a minute.
OPEN_API = "https://open-api.example.com/"

# An app on somebody's own device, as clients of MCP servers are.
NATIVE: dict[str, Any] = {
    "redirect_uris": ["http://127.0.0.1:49152/callback"],
    "client_name": "Harbour Desktop",
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
}


@dataclass
class Registrar:
    """Somebody at an address of their own, who registers clients."""

    caller: Caller

    def register(self, document: Any = None, *, token: str | None = None, **changes: Any) -> Answer:
        """A registration request; a member that is None is left out."""
        given = {**(WEB if document is None else document), **changes}
        return self.send("POST", "/register", {k: v for k, v in given.items() if v is not None}, token=token)

    def registered(self, document: Any = None, *, token: str | None = None, **changes: Any) -> dict[str, Any]:
        """What is answered to one that is good."""
        answer = self.register(document, token=token, **changes)
        assert answer.status == 201, (answer.status, answer.body)
        found: dict[str, Any] = answer.json
        return found

    def send(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        token: str | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        if document is not None or body is not None:
            headers["content-type"] = content_type
        sent = body if body is not None else b"" if document is None else json.dumps(document).encode()
        return self.caller.send(method, path, headers=headers, body=sent)


def app_of(found: dict[str, Any], caller: Caller) -> ClientApp:
    """The client of a client information response, at work."""
    client = Client(
        client_id=found["client_id"],
        client_name=found["client_name"],
        token_endpoint_auth_method=found["token_endpoint_auth_method"],
        redirect_uris=tuple(found.get("redirect_uris", ())),
    )
    return ClientApp(client, caller, secret=found.get("client_secret", ""))


def path_of(found: dict[str, Any]) -> str:
    """The path of the client configuration endpoint of a client."""
    return f"/register/{found['client_id']}"
