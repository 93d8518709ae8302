"""Clients as registered, and those whose client_id is the URL of their metadata: both are read at once.

What is about documents is imported where it is first needed: few requests are of such clients.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.clients import CACHE_RECORDS, CACHE_SECONDS, LOOK_AGAIN_SECONDS, ClientStore
from chalicelib.protocol.client import Client
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.aws.metadata_documents import DocumentStore
    from chalicelib.protocol.metadata_document import KeptDocument


class Found(Record):
    """A client, and the document it is of; both None where there is none. A client that was registered by
    such a client_id has no document, and goes before one that has (section 7.2).
    """

    client: Client | None
    document: "KeptDocument | None"


class DocumentedClients(ClientStore):
    """Implements the port Clients. `documents` is the table of documents, which are used as they are kept,
    however old.
    """

    def __init__(
        self,
        table: str,
        *,
        documents: str,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        time_of_day: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(table, clock)
        self._documents_table = documents
        self._settings = settings
        self._time_of_day = time_of_day
        self._found: OrderedDict[str, tuple[float, Found]] = OrderedDict()

    def host(self, client_id: str) -> str | None:
        """The host of a client_id that may be read as a document; None for all others."""
        if not client_id.startswith("http"):
            return None
        from chalicelib.protocol.client_identifier_url import (  # noqa: PLC0415
            identifier_host,
            is_domain_allowed,
        )

        host = identifier_host(client_id, self._settings)
        return host if host is not None and is_domain_allowed(host, self._settings) else None

    @cached_property
    def _documents(self) -> "DocumentStore":
        from chalicelib.aws.metadata_documents import DocumentStore  # noqa: PLC0415

        return DocumentStore(self._documents_table)

    def get(self, name: str) -> Client | None:
        return self.find(name).client if self.host(name) else super().get(name)

    def look_again(self, name: str) -> Client | None:
        if not self.host(name):
            return super().look_again(name)
        return self.find(name, max_age=LOOK_AGAIN_SECONDS).client

    def find(self, client_id: str, *, max_age: int = CACHE_SECONDS) -> Found:
        """What is known of a client that may have a document, read at most `max_age` seconds ago."""
        kept = self._found.get(client_id)
        if kept and self._clock() - kept[0] < max_age:
            return kept[1]
        found = self._of_items(client_id, batch_get_items(self.keys(client_id)))
        if found.client is None:
            self._found.pop(client_id, None)
        else:
            self._keep(client_id, found)
        return found

    def take(self, document: "KeptDocument") -> Client | None:
        """The client of a document that was fetched just now."""
        found = Found(_client_of(document), document)
        self._keep(document.client_id, found)
        return found.client

    def keys(self, client_id: str) -> tuple[tuple[str, dict[str, str]], ...]:
        if not self.host(client_id):
            return super().keys(client_id)
        return self.key(client_id), self._documents.key(client_id)

    def of_items(self, client_id: str, items: Sequence[dict[str, Any] | None]) -> Client | None:
        return self._of_items(client_id, items).client if self.host(client_id) else self.record(items[0])

    def _of_items(self, client_id: str, items: Sequence[dict[str, Any] | None]) -> Found:
        del client_id
        registered = self.record(items[0])
        if registered is not None:
            return Found(registered, None)
        document = self._documents.record(items[1], now=int(self._time_of_day()))
        return Found(_client_of(document), document)

    def _keep(self, client_id: str, found: Found) -> None:
        self._found[client_id] = (self._clock(), found)
        self._found.move_to_end(client_id)
        while len(self._found) > CACHE_RECORDS:
            self._found.popitem(last=False)


def _client_of(document: "KeptDocument | None") -> Client | None:
    """The client of a document, None where it holds no more by the rules of today."""
    if document is None:
        return None
    from chalicelib.administration.metadata_document import metadata_document_client  # noqa: PLC0415
    from chalicelib.administration.refusals import InvalidMember  # noqa: PLC0415

    try:
        return metadata_document_client(document.client_id, document.document)
    except InvalidMember:
        return None
