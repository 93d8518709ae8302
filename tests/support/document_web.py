"""A web of metadata documents, and the function that fetches them, without a network."""

import json
import secrets
from typing import Any

import pytest

from chalicelib.aws.metadata_documents import DocumentStore
from chalicelib.operations.client_metadata_document import NoDocument, Ports, respond
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.protocol.metadata_document import KeptDocument
from chalicelib.protocol.settings import Settings
from tests.stores.fresh import NOW, name, table
from tests.support.client_documents import document

JSON = "application/json"


class Web:
    """What is served, by URL, without a network; `clock` is the time of day."""

    def __init__(self) -> None:
        self.host = f"{name().lower().replace('_', '-').strip('-')}.example"
        self.served: dict[str, Any] = {}
        self.asked: list[str] = []
        self.clock = float(NOW)

    def url(self) -> str:
        return f"https://{self.host}/{name()}"

    def publish(self, url: str, *, max_age: int | None = None, **changes: Any) -> str:
        self.serve(url, json.dumps(document(url, **changes)).encode(), max_age=max_age)
        return url

    def serve(
        self, url: str, body: bytes, *, max_age: int | None = None, media_type: str | None = JSON
    ) -> str:
        self.served[url] = Fetched(body, max_age, media_type)
        return url

    def fetch(self, url: str, **_: Any) -> Fetched:
        self.asked.append(url)
        found = self.served.get(url, FetchError("the answer is 404", answered=True))
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, Fetched)
        return found

    def sleep(self, seconds: float) -> None:
        self.clock += seconds


def ports_of(web: Web, **settings: Any) -> Ports:
    return Ports(
        settings=Settings(issuer="https://login.example.com", **settings),
        documents=DocumentStore(table("Documents")),
        fetch=web.fetch,
        random=lambda _: name(),
        clock=lambda: web.clock,
        sleep=web.sleep,
    )


def new_source() -> str:
    """An address in a network that nobody else has."""
    return ":".join(("2001", "db8", *(secrets.token_hex(2) for _ in range(6))))


def begin(url: str, ports: Ports, **changes: Any) -> KeptDocument:
    """What an authorization that begins with this client_id is answered."""
    # A network of its own: tests do not use up what is free in one another's.
    source_ip = new_source()
    return respond({"client_id": url, "source_ip": source_ip, "newer_than": 0, **changes}, ports)


def outcome(url: str, ports: Ports, **changes: Any) -> str:
    """Why there is no document."""
    with pytest.raises(NoDocument) as caught:
        begin(url, ports, **changes)
    return caught.value.outcome
