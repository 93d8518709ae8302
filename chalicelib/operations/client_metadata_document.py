"""Client metadata documents are fetched here: draft-ietf-oauth-client-id-metadata-document-02 section 5.

A function of its own, as what it reads is anybody's: it may reach its table of documents and nothing else.
The endpoints where a client says who it is invoke it; it answers with the document as it is kept now.
"""

import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from chalicelib.administration.metadata_document import MAX_BYTES, kept_members, metadata_document_client
from chalicelib.administration.refusals import InvalidMember
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.aws.metadata_documents import DocumentStore
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.log import log_request
from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_identifier_url import MAX_CHARACTERS, identifier_host, is_domain_allowed
from chalicelib.protocol.json_document import UnfitDocument, parse_json_object
from chalicelib.protocol.metadata_document import (
    KNOWN_BY_HOST,
    MAX_WAITING,
    NEW_BY_HOST,
    NEW_BY_NETWORK,
    PAUSE,
    Documents,
    KeptDocument,
    Turn,
    fresh_until,
    kept_until,
    network_key,
)
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

ACCEPT = "application/json"
MAX_KEYS_BYTES = 16 * 1024
ATTEMPT_BYTES = 16
# Seconds between two looks at what another one fetches.
LOOK_EVERY = 0.25


class Ports(Record, kw_only=True):
    """What fetching works with."""

    settings: Settings
    documents: Documents
    fetch: Callable[..., Fetched]
    random: RandomText
    clock: Callable[[], float]
    sleep: Callable[[float], None]


class NoDocument(Exception):
    """There is none. `outcome`: unavailable (its host is in trouble, or was asked just now), invalid (what it
    serves is none), limited (too many were asked for), unknown (nobody may have it fetched), refused (the
    tenant takes none from there). `why` is a sentence without a secret, for the client's makers.
    """

    def __init__(self, outcome: str, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


def respond(event: Mapping[str, Any], ports: Ports) -> KeptDocument:
    """The document of `client_id`, read after `newer_than` (seconds since the epoch). `source_ip` is whose
    authorization begins with it, None where none does. Raises NoDocument.
    """
    client_id, source_ip = event["client_id"], event.get("source_ip")
    host = identifier_host(client_id, ports.settings)
    if host is None or not is_domain_allowed(host, ports.settings):
        raise NoDocument("refused", "This client_id is not taken here.")
    now = int(ports.clock())
    turn = ports.documents.turn(
        client_id, known=source_ip is None, attempt=ports.random(ATTEMPT_BYTES), now=now
    )
    if not turn.mine:
        return wait(event, turn, ports, host=host)
    try:
        count(ports, host, known=turn.kept is not None, source_ip=source_ip, now=now)
    except NoDocument:
        ports.documents.give_back(client_id)
        raise
    try:
        document = read(client_id, ports, known=turn.kept is not None, now=now)
    except NoDocument:
        ports.documents.end(client_id, now=int(ports.clock()))
        raise
    ports.documents.keep(document, now=int(ports.clock()))
    return document


def wait(event: Mapping[str, Any], turn: Turn, ports: Ports, *, host: str) -> KeptDocument:
    """What another one fetches, or fetched just now. Raises NoDocument."""
    counted = False
    while True:
        if turn.kept is not None and turn.kept.fetched_at > event.get("newer_than", 0):
            return turn.kept
        if not turn.began_at:
            raise NoDocument("unknown", "Only an authorization request begins with a new client.")
        if turn.ended_at or turn.began_at + PAUSE < ports.clock():
            raise NoDocument("unavailable", "The document could not be had a moment ago.")
        if not counted:
            count_waiting(ports, host, source_ip=event.get("source_ip"))
            counted = True
        ports.sleep(LOOK_EVERY)
        turn = ports.documents.look(event["client_id"], now=int(ports.clock()))


def count_waiting(ports: Ports, host: str, *, source_ip: str | None) -> None:
    """Counts one more who waits: a slow host and many requests must not keep all functions of an account
    busy. Raises NoDocument where there were too many in this minute.
    """
    network = () if source_ip is None else (network_key(source_ip),)
    for what in (*network, host):
        if not ports.documents.count(f"waiting {what}", limit=MAX_WAITING, now=int(ports.clock())):
            raise NoDocument("limited", "Too many wait for this already. Try again in a minute.")


def count(ports: Ports, host: str, *, known: bool, source_ip: str | None, now: int) -> None:
    """Counts the fetch of a document. Raises NoDocument where there were too many in this minute."""
    network = network_key(source_ip or "")
    if not known and not ports.documents.count(network, limit=NEW_BY_NETWORK, now=now):
        raise NoDocument("limited", "Too many new clients from this network. Try again in a minute.")
    count_host(ports, host, known=known, now=now)


def count_host(ports: Ports, host: str, *, known: bool, now: int) -> None:
    """Counts a request to a host. Raises NoDocument where there were too many in this minute."""
    what, limit = ("known", KNOWN_BY_HOST) if known else ("new", NEW_BY_HOST)
    if not ports.documents.count(f"{what} {host}", limit=limit, now=now):
        raise NoDocument("limited", "Too many clients of this host. Try again in a minute.")


def read(client_id: str, ports: Ports, *, known: bool, now: int) -> KeptDocument:
    """Fetches a document, and its keys where it says where they are. Raises NoDocument."""
    fetched, document = fetch_object(client_id, ports, max_bytes=MAX_BYTES)
    if not is_json(fetched.media_type):
        raise NoDocument("invalid", "The document is not served as application/json.")
    client = client_of(client_id, document)
    keys = None
    if client.jwks_uri is not None:
        count_host(ports, urlsplit(client.jwks_uri).hostname or "", known=known, now=now)
        keys, jwks = fetch_object(client.jwks_uri, ports, max_bytes=MAX_KEYS_BYTES)
        client = client_of(client_id, {**document, "jwks_uri": None, "jwks": jwks})
    until = fresh_until(
        now=now,
        max_age=fetched.max_age,
        keys=keys is not None,
        keys_max_age=keys.max_age if keys else None,
    )
    return KeptDocument(
        client_id=client_id,
        document=kept_members(client),
        fetched_at=now,
        fresh_until=until,
        kept_until=kept_until(fresh_until=until, settings=ports.settings),
    )


def fetch_object(url: str, ports: Ports, *, max_bytes: int) -> tuple[Fetched, dict[str, Any]]:
    """A JSON object and how it came. Raises NoDocument."""
    try:
        fetched = ports.fetch(
            url, allowed_origins=ports.settings.fetch_allowed_origins, accept=ACCEPT, max_bytes=max_bytes
        )
        return fetched, parse_json_object(fetched.body, max_bytes=max_bytes)
    except FetchError as error:
        raise NoDocument("invalid" if error.answered else "unavailable", str(error)) from None
    except UnfitDocument as error:
        raise NoDocument("invalid", str(error)) from None


def client_of(client_id: str, document: Mapping[str, Any]) -> Client:
    """The client of a document. Raises NoDocument."""
    try:
        return metadata_document_client(client_id, document)
    except InvalidMember as error:
        raise NoDocument("invalid", str(error)) from None


def is_json(media_type: str | None) -> bool:
    """Section 4: application/json, or a type that says it is JSON (RFC 6839 section 3.1)."""
    return media_type is not None and re.fullmatch(r"application/([!-~]+\+)?json", media_type) is not None


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    return Ports(
        settings=settings(),
        documents=DocumentStore(required("DOCUMENTS_TABLE")),
        fetch=fetch,
        random=random_text,
        clock=time.time,
        sleep=time.sleep,
    )


def handler(event: Any, context: Any) -> dict[str, Any]:
    """An endpoint's question: the document, or why there is none."""
    started = time.perf_counter()
    outcome, why = "failed", ""
    try:
        document = respond(event, ports())
        outcome = "fetched"
        return {"outcome": outcome, "document": {**vars(document), "document": dict(document.document)}}
    except NoDocument as none:
        outcome, why = none.outcome, str(none)
        return {"outcome": outcome, "why": why}
    finally:
        log_request(
            {
                "operation": "client_metadata_document",
                "request_id": str(getattr(context, "aws_request_id", "")),
                "client_id": str(event.get("client_id"))[:MAX_CHARACTERS],
                "outcome": outcome,
                **({"why": why} if why else {}),
                "ms": round((time.perf_counter() - started) * 1000, 2),
            }
        )
