"""Clients that publish who they are: metadata documents on a web server of their own."""

import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

from chalicelib.protocol.client import Client
from chalicelib.protocol.metadata_document import MAX_AGE, MAX_STALE
from tests.support.origin import Origin
from tests.support.tenant import REDIRECT_URI, Tenant

# A resource server that is open to clients nobody has looked at.
OPEN = "https://mcp.example.com/"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Publisher:
    """Publishes documents, of clients each with a URL of its own."""

    origin: Origin
    tenant: Tenant

    def url(self) -> str:
        """One that leads nowhere as yet."""
        self.forget_counts()
        return f"{self.origin.address}/clients/{next(_numbers)}.json"

    def publish(
        self, url: str | None = None, *, headers: dict[str, str] | None = None, **changes: Any
    ) -> Client:
        """A web app's document with these members changed, None for none: the client as its app knows it."""
        url = url or self.url()
        members = document(url, **changes)
        path = url.removeprefix(self.origin.address)
        self.origin.serve(
            path, json.dumps(members), **{"content_type": "application/json", **(headers or {})}
        )
        return Client(
            client_id=url,
            client_name="Harbour",
            token_endpoint_auth_method=members.get("token_endpoint_auth_method", "none"),
            redirect_uris=tuple(members.get("redirect_uris", ())),
        )

    def serve(self, url: str, body: bytes | str, **headers: str) -> None:
        """Anything at a client's URL."""
        path = url.removeprefix(self.origin.address)
        self.origin.serve(path, body, **{"content_type": "application/json", **headers})

    def serve_json(self, url: str, value: Any) -> str:
        """A JSON document at a URL, which is returned."""
        self.serve(url, json.dumps(value))
        return url

    def fetched(self, url: str) -> int:
        """How often it was asked for."""
        return self.origin.asked(url.removeprefix(self.origin.address))

    def keep(self, url: str, *, age: int = 0, fresh_for: int = 3600, **changes: Any) -> None:
        """What is kept of a document that was fetched `age` seconds ago and is fresh for so long."""
        keep(self.tenant, url, age=age, fresh_for=fresh_for, **changes)

    def kept(self, url: str) -> dict[str, Any] | None:
        """What is kept at this URL."""
        return self.tenant.table("Documents").at(id=f"document#{url}")

    def forget_counts(self) -> None:
        """A minute passes: what was fetched in it is counted no more."""
        for item in self.tenant.table("Documents").items():
            if item["id"].startswith("fetches#"):
                self.tenant.table("Documents").delete(id=item["id"])


def document(url: str, **changes: Any) -> dict[str, Any]:
    """A document that holds, with these members changed, None for none."""
    members = {
        "client_id": url,
        "client_name": "Harbour",
        "client_uri": "https://harbour.example",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        **changes,
    }
    return {name: value for name, value in members.items() if value is not None}


def keep(tenant: Tenant, url: str, *, age: int = 0, fresh_for: int = 3600, **changes: Any) -> None:
    """Keeps a document that was fetched `age` seconds ago and is fresh for so long."""
    now = int(time.time())
    item = {
        "id": f"document#{url}",
        "client_id": url,
        "document": document(url, **changes),
        "fetched_at": now - age,
        "fetch_began_at": now - age,
        "fetch_ended_at": now - age,
        "fresh_until": now + fresh_for,
        "kept_until": now + fresh_for + MAX_STALE + MAX_AGE,
    }
    tenant.table("Documents").change(item)
