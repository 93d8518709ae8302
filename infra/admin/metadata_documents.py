"""The commands about clients that are known by the URL of their metadata document."""

import argparse
from collections.abc import Mapping
from typing import Any

from chalicelib.aws.metadata_documents import DocumentStore
from chalicelib.protocol.metadata_document import KeptDocument
from infra.admin.answer import Answer, Change
from infra.admin.listing import listing
from infra.admin.options import add_command, add_record_group
from infra.admin.refused import CommandRefused
from infra.admin.table import Column, moment, record, terminal_width
from infra.admin.tenant import Tenant

_COLUMNS = (Column("client_id", whole=True), Column("name"), Column("fetched at"), Column("fresh until"))


def add_metadata_documents(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `metadata-documents`."""
    commands = add_record_group(
        groups,
        "metadata-documents",
        "Clients known by the URL of their metadata, as it was fetched",
        kind="metadata document",
        key="client_id",
        list_them=_list,
        show=_show,
        shared=shared,
    )
    forgotten = add_command(
        commands,
        "forget",
        "Has a document fetched anew before it is used again",
        run=_forget,
        shared=shared,
        example="  metadata-documents forget https://app.example/client.json",
    )
    forgotten.add_argument("client_id", help="its URL")


def _store(tenant: Tenant) -> DocumentStore:
    if not tenant.documents_table:
        raise CommandRefused(f"{tenant.name} keeps no metadata documents: it is of an earlier release.")
    return DocumentStore(tenant.documents_table)


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return listing(
        _store(tenant).all(now=tenant.now(), after=options.after),
        limit=options.limit,
        what="metadata documents",
        columns=_COLUMNS,
        row=_row,
        document=_document,
        name=lambda found: found.client_id,
    )


def _row(found: KeptDocument) -> tuple[str, ...]:
    name = str(found.document.get("client_name", ""))
    return found.client_id, name, moment(found.fetched_at), _until(found.fresh_until)


def _until(fresh_until: int) -> str:
    return moment(fresh_until) if fresh_until else "forgotten"


def _document(found: KeptDocument) -> dict[str, Any]:
    """A document as --json has it; times in seconds since the epoch."""
    times = {name: getattr(found, name) for name in ("fetched_at", "fresh_until", "kept_until")}
    return {"client_id": found.client_id, **times, "document": dict(found.document)}


def _show(tenant: Tenant, options: argparse.Namespace) -> Answer:
    found = _store(tenant).look(options.client_id, now=tenant.now()).kept
    if found is None:
        raise _none(options.client_id)
    shown: list[tuple[str, Any]] = [
        *_members(found.document),
        ("fetched_at", moment(found.fetched_at)),
        ("fresh_until", _until(found.fresh_until)),
    ]
    return Answer(record(shown, width=terminal_width()), _document(found))


def _members(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    names = ("client_id", *sorted(document.keys() - {"client_id"}))
    return [(name, "a JWK set" if name == "jwks" else document[name]) for name in names]


def _forget(tenant: Tenant, options: argparse.Namespace) -> Answer:
    if not _store(tenant).forget(options.client_id, now=tenant.now()):
        raise _none(options.client_id)
    return Answer(
        f"{options.client_id} is fetched anew before it gets anything more, within the minute. What it has "
        "stays: to take that away, deny its domain (ClientIdMetadataDeniedDomains).",
        {"forgotten": options.client_id},
        (Change("metadata_document_forgotten", {"client_id": options.client_id}),),
    )


def _none(client_id: str) -> CommandRefused:
    return CommandRefused(f"There is no metadata document of {client_id}.")
