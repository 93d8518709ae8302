"""Clients whose metadata documents are fetched where they are missing or old: for the endpoints where a
client says who it is to get something.

    document      an authorization begins     tokens are asked for
    ------------  --------------------------  -------------------------------------------
    fresh         as it is                    as it is
    old           fetched, or refused         fetched; as it is while its host is in trouble
    never seen    fetched, or refused         not known: nothing was issued to it
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.aws.documented_clients import DocumentedClients, Found
from chalicelib.composition.clients import known_clients
from chalicelib.gateway.environment import required
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidClient, InvalidRequest, OAuthError, TemporarilyUnavailable
from chalicelib.record import Record

# What the function may take, one document and the keys it names, and what it may answer.
FETCH_SECONDS = 13.0
MAX_ANSWER = 64 * 1024

# Asks the function that fetches documents. Raises TemporarilyUnavailable.
Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class FreshClients(Record, kw_only=True):
    """Implements the port Clients. `source_ip` is whose authorization begins, None where none does; where
    `browser`, what is wrong is for a person.
    """

    known: DocumentedClients
    ask: Ask
    clock: Callable[[], float] = time.time
    source_ip: str | None = None
    browser: bool = False

    def get(self, client_id: str) -> Client | None:
        if not self.known.host(client_id):
            return self.known.get(client_id)
        found = self.known.find(client_id)
        document, client = found.document, found.client
        if document is None:
            return client or (self._fetched(client_id, found) if self.source_ip is not None else None)
        if client is not None and document.is_fresh(now=int(self.clock())):
            return client
        return self._fetched(client_id, found)

    def look_again(self, client_id: str) -> Client | None:
        if not self.known.host(client_id):
            return self.known.look_again(client_id)
        found = self.known.find(client_id, max_age=1)
        if found.document is None or not found.document.is_refetchable(now=int(self.clock())):
            return found.client
        return self._fetched(client_id, found)

    def _fetched(self, client_id: str, found: Found) -> Client | None:
        """The client of a document that is newer than the one that was found. Raises OAuthError."""
        document = found.document
        answer = self.ask(
            {
                "client_id": client_id,
                "source_ip": self.source_ip,
                "newer_than": document.fetched_at if document else 0,
            }
        )
        if answer["outcome"] == "fetched":
            from chalicelib.protocol.metadata_document import KeptDocument  # noqa: PLC0415

            return self.known.take(KeptDocument(**answer["document"]))
        if answer["outcome"] == "invalid":
            raise self._refusal(client_id, answer)
        if self.source_ip is not None:
            raise self._refusal(client_id, answer)
        if document is None or not document.is_usable(now=int(self.clock())):
            raise TemporarilyUnavailable(
                "The client's metadata document can't be fetched now. Try again.",
                reason="client_metadata_unavailable",
                facts=_facts(client_id, answer),
            )
        return found.client

    def _refusal(self, client_id: str, answer: Mapping[str, Any]) -> OAuthError:
        kind = InvalidRequest if self.browser else InvalidClient
        facts = _facts(client_id, answer)
        match answer["outcome"]:
            case "invalid":
                return kind(
                    "The client's metadata document is not valid.",
                    reason="client_metadata_invalid",
                    facts=facts,
                )
            case "limited":
                return kind(
                    "Too many new clients were asked for. Try again in a minute.",
                    reason="client_metadata_limited",
                    facts=facts,
                )
            case _:
                return kind(
                    "The client's metadata document could not be fetched.",
                    reason="client_metadata_unavailable",
                    facts=facts,
                )


def _facts(client_id: str, answer: Mapping[str, Any]) -> dict[str, str]:
    return {"client_id": client_id, "client_metadata_error": str(answer.get("why", ""))}


def ask_function(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the function answers. Raises TemporarilyUnavailable."""
    # Imported where it is first needed, as few requests do.
    import json  # noqa: PLC0415

    from chalicelib.aws.invocations import InvocationFailed, invoke  # noqa: PLC0415

    try:
        answer = invoke(
            required("CLIENT_METADATA_DOCUMENT_FUNCTION"),
            json.dumps(event).encode(),
            seconds=FETCH_SECONDS,
            max_bytes=MAX_ANSWER,
            repeat=True,
        )
    except InvocationFailed as failed:
        raise TemporarilyUnavailable(
            "The client's metadata document can't be fetched now. Try again.",
            reason="aws_timeout",
            facts={"client_metadata_error": failed.kind},
        ) from failed
    found: Mapping[str, Any] = json.loads(answer)
    return found


def fresh_clients() -> FreshClients:
    """Made once an instance: it keeps client records, and documents as long as they are fresh."""
    return FreshClients(known=known_clients(), ask=ask_function)
