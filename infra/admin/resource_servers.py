"""The commands about resource servers and their scopes."""

import argparse
from typing import Any

from chalicelib.administration.registry import Registered
from chalicelib.administration.resource_servers import resource_server_document
from chalicelib.protocol.resource import ResourceServer
from infra.admin.answer import Answer, Change, unchanged
from infra.admin.clients import changed_members, declared
from infra.admin.listing import listing
from infra.admin.options import (
    add_command,
    add_record_group,
    add_yes,
    confirm,
    duration,
    pair,
    read_document,
)
from infra.admin.table import Column, moment, record, terminal_width
from infra.admin.tenant import Tenant

_COLUMNS = (
    Column("resource", whole=True),
    Column("name"),
    Column("scopes"),
    Column("format"),
    Column("lifetime"),
)


def add_resource_servers(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `resource-servers`."""
    commands = add_record_group(
        groups,
        "resource-servers",
        "APIs that take tokens, and their scopes",
        kind="resource server",
        key="resource",
        list_them=_list,
        show=_show,
        shared=shared,
    )
    created = add_command(
        commands,
        "create",
        "Registers a resource server",
        run=_create,
        shared=shared,
        example="  resource-servers create https://api.example.com/ --name Notes \\\n"
        '    --scope "notes:read=Read your notes" --scope "notes:write=Write notes"',
    )
    updated = add_command(
        commands, "update", "Changes what is given of it, and nothing else", run=_update, shared=shared
    )
    for parser in (created, updated):
        parser.usage = "%(prog)s RESOURCE [options]"
        parser.add_argument("resource", help="its identifier, an absolute URI: the aud of its tokens")
        parser.add_argument("--name", metavar="NAME", help="what people know it by")
        parser.add_argument(
            "--scope",
            action="append",
            type=pair,
            metavar="SCOPE=WORDS",
            help="a scope, and what a person reads who is asked for it; named so, these are all",
        )
        parser.add_argument(
            "--lifetime", type=duration, metavar="TIME", help="of its access tokens; otherwise the tenant's"
        )
        parser.add_argument("--alg", metavar="ALG", help="its tokens are signed with (ES256)")
        parser.add_argument(
            "--format", metavar="FORMAT", help="of its access tokens: jwt, or opaque (it introspects them)"
        )
        parser.add_argument(
            "--exchange-client",
            action="append",
            metavar="CLIENT",
            help="may call it on behalf of people, by exchanging tokens; named so, these are all",
        )
        parser.add_argument(
            "--exchange-scope",
            action="append",
            type=pair,
            metavar="SCOPE=BY",
            help="a scope of its own, and which scopes of a token exchanged for it carry it",
        )
        parser.add_argument(
            "--unverified-clients",
            action=argparse.BooleanOptionalAction,
            help="may ask people for its scopes: clients that registered themselves, or known by URL",
        )
        parser.add_argument(
            "--document", metavar="FILE", help="all of it as a JSON object; options go over it"
        )
    scoped = add_command(
        commands, "set-scope", "Adds one scope, or gives it other words", run=_set_scope, shared=shared
    )
    scoped.add_argument("resource")
    scoped.add_argument("scope", metavar="SCOPE=WORDS", type=pair)
    unscoped = add_command(
        commands, "remove-scope", "Takes one scope away from new tokens", run=_remove_scope, shared=shared
    )
    unscoped.add_argument("resource")
    unscoped.add_argument("scope")
    deleted = add_command(
        commands, "delete", "Deletes a resource server; it gets no more tokens", run=_delete, shared=shared
    )
    deleted.add_argument("resource")
    add_yes(deleted)


def resource_server_as_json(found: Registered[ResourceServer]) -> dict[str, Any]:
    """A resource server as --json has it."""
    return {
        "resource": found.record.resource,
        **resource_server_document(found.record),
        "declared_by": found.owner,
        "updated_at": found.updated_at,
    }


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return listing(
        tenant.resource_servers.resource_servers.all(after=options.after),
        limit=options.limit,
        what="resource servers",
        columns=_COLUMNS,
        row=_row,
        document=resource_server_as_json,
        name=lambda found: found.record.resource,
    )


def _row(found: Registered[ResourceServer]) -> tuple[str, ...]:
    server = found.record
    lifetime = server.access_token_lifetime
    return (
        server.resource,
        server.resource_name,
        " ".join(server.scopes),
        server.access_token_format,
        f"{lifetime} s" if lifetime else "",
    )


def _show(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return _answer(tenant.resource_servers.find(options.resource))


def _create(tenant: Tenant, options: argparse.Namespace) -> Answer:
    made = tenant.resource_servers.register(options.resource, _given(options), now=tenant.now())
    return _answer(made, change="resource_server_created")


def _update(tenant: Tenant, options: argparse.Namespace) -> Answer:
    before = tenant.resource_servers.find(options.resource)
    after = tenant.resource_servers.update(options.resource, _given(options), now=tenant.now())
    return _changed(before, after)


def _set_scope(tenant: Tenant, options: argparse.Namespace) -> Answer:
    before = tenant.resource_servers.find(options.resource)
    scope, words = options.scope
    return _changed(
        before, tenant.resource_servers.set_scope(options.resource, scope, words, now=tenant.now())
    )


def _remove_scope(tenant: Tenant, options: argparse.Namespace) -> Answer:
    before = tenant.resource_servers.find(options.resource)
    after = tenant.resource_servers.set_scope(options.resource, options.scope, None, now=tenant.now())
    return _changed(before, after)


def _delete(tenant: Tenant, options: argparse.Namespace) -> Answer:
    found = tenant.resource_servers.find(options.resource)
    named = [
        one.record.client_id
        for one in tenant.clients.clients.all()
        if options.resource in (*one.record.resources, *(one.record.allowed_resources or ()))
    ]
    clients = f" These clients name it: {', '.join(named)}." if named else ""
    confirm(
        f"Delete the resource server {found.record.resource_name} ({options.resource}) of {tenant.name}? "
        f"It gets no more tokens; those out expire.{clients}",
        yes=options.yes,
    )
    tenant.resource_servers.delete(options.resource)
    return Answer(
        f"Deleted {options.resource}.",
        {"deleted": options.resource},
        (Change("resource_server_deleted", {"resource": options.resource}),),
    )


def _given(options: argparse.Namespace) -> dict[str, Any]:
    base = read_document(options.document) if options.document else {}
    given = {
        "resource_name": options.name,
        "scopes": dict(options.scope) if options.scope else None,
        "access_token_lifetime": options.lifetime,
        "access_token_signing_alg": options.alg,
        "access_token_format": options.format,
        "exchange_clients": options.exchange_client,
        "exchange_scopes": dict(options.exchange_scope) if options.exchange_scope else None,
        "open_to_unverified_clients": options.unverified_clients,
    }
    return {**base, **{name: value for name, value in given.items() if value is not None}}


def _changed(before: Registered[ResourceServer], after: Registered[ResourceServer]) -> Answer:
    members = changed_members(resource_server_document(before.record), resource_server_document(after.record))
    if members:
        return _answer(after, change="resource_server_changed", members=members)
    return unchanged(_answer(after))


def _answer(
    found: Registered[ResourceServer], *, change: Any = None, members: tuple[str, ...] = ()
) -> Answer:
    document = resource_server_as_json(found)
    shown = [
        (name, _words(value) if name == "scopes" else moment(value) if name == "updated_at" else value)
        for name, value in document.items()
    ]
    text = record(shown, width=terminal_width())
    if change and found.owner:
        text += f"\n\n{declared(found.owner)}"
    about = {"resource": found.record.resource, "members": members}
    return Answer(text, document, (Change(change, about),) if change else ())


def _words(scopes: dict[str, str]) -> list[str]:
    return [f"{scope}: {words}" for scope, words in scopes.items()]
