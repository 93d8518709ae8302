"""The commands about clients."""

import argparse
import secrets
from collections.abc import Mapping
from typing import Any

from chalicelib.administration.client_document import client_metadata
from chalicelib.administration.clients import needs_secret, new_client_id, new_client_secret
from chalicelib.administration.registry import Registered
from chalicelib.protocol.client import Client
from infra.admin.answer import Answer, Change, unchanged
from infra.admin.client_options import KINDS, add_metadata, given_metadata, unset_metadata, usual_metadata
from infra.admin.listing import listing
from infra.admin.options import add_command, add_record_group, add_yes, confirm, duration
from infra.admin.table import Column, moment, record, terminal_width
from infra.admin.tenant import Tenant
from infra.deploy.screen import wrapped

# All grant types of extensions begin so: a list has no room for it.
_URN = "urn:ietf:params:oauth:grant-type:"
_COLUMNS = (
    Column("client_id", whole=True),
    Column("name"),
    Column("authenticates by"),
    Column("grant types"),
    Column("registration"),
)
_FORMER = 86_400


def add_clients(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `clients`."""
    commands = add_record_group(
        groups,
        "clients",
        "Applications and services that get tokens",
        kind="client",
        key="client_id",
        list_them=_list,
        show=_show,
        shared=shared,
    )
    created = add_command(
        commands,
        "create",
        "Registers a client; a secret it needs is made, and shown this once",
        run=_create,
        shared=shared,
        example='  clients create spa --name Notes --scope "openid notes:read" \\\n'
        "    --redirect-uri https://notes.example.com/callback\n"
        '  clients create service --name Export --scope "notes:read"',
    )
    created.usage = "%(prog)s [KIND] --name NAME [options]"
    created.add_argument(
        "kind",
        nargs="?",
        choices=tuple(KINDS),
        help="sets what is usual: spa, native, device and playground have no secret, web, service and api do",
    )
    created.add_argument("--client-id", metavar="ID", help="otherwise one is made")
    add_metadata(created)
    updated = add_command(
        commands,
        "update",
        "Changes what is given of a client, and nothing else",
        run=_update,
        shared=shared,
        example="  clients update CLIENT_ID --name Notes --unset client_uri",
    )
    updated.usage = "%(prog)s CLIENT_ID [options]"
    updated.add_argument("client_id")
    add_metadata(updated)
    updated.add_argument(
        "--unset", action="append", default=[], metavar="MEMBER", help="back to what it is by default"
    )
    rotated = add_command(
        commands,
        "rotate-secret",
        "Makes another secret, shown this once; the one before stays good for a while",
        run=_rotate_secret,
        shared=shared,
        example="  clients rotate-secret CLIENT_ID --keep-former 7d",
    )
    rotated.add_argument("client_id")
    rotated.add_argument(
        "--keep-former",
        type=duration,
        default=_FORMER,
        metavar="TIME",
        help="24h if not given; 0 ends it now",
    )
    ended = add_command(
        commands, "end-former-secret", "Ends the secret before the present one now", run=_end, shared=shared
    )
    ended.add_argument("client_id")
    deleted = add_command(
        commands, "delete", "Deletes a client; its tokens end with it", run=_delete, shared=shared
    )
    deleted.add_argument("client_id")
    add_yes(deleted)


def client_document(found: Registered[Client]) -> dict[str, Any]:
    """A client as --json has it: never a secret, nor its hash."""
    client = found.record
    return {
        "client_id": client.client_id,
        "client_id_issued_at": client.client_id_issued_at or None,
        "registration": client.registration,
        **client_metadata(client),
        "expires_at": client.expires_at,
        "secrets": len(client.client_secret_hashes),
        "former_secret_expires_at": client.former_secrets_expire_at,
        "declared_by": found.owner,
        "updated_at": found.updated_at,
    }


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return listing(
        tenant.clients.clients.all(after=options.after),
        limit=options.limit,
        what="clients",
        columns=_COLUMNS,
        row=_row,
        document=client_document,
        name=lambda found: found.record.client_id,
    )


def _row(found: Registered[Client]) -> tuple[str, ...]:
    client = found.record
    return (
        client.client_id,
        client.client_name,
        client.token_endpoint_auth_method,
        ", ".join(one.removeprefix(_URN) for one in client.grant_types),
        client.registration,
    )


def _show(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return _answer(tenant.clients.find(options.client_id))


def _create(tenant: Tenant, options: argparse.Namespace) -> Answer:
    metadata = {**usual_metadata(options.kind, issuer=tenant.issuer), **given_metadata(options)}
    # The page asks for itself by this name (docs/flows.md).
    named = options.client_id or ("playground" if options.kind == "playground" else None)
    client_id = named or new_client_id(secrets.token_urlsafe)
    secret = new_client_secret(secrets.token_urlsafe) if needs_secret(metadata) else None
    made = tenant.clients.register(metadata, client_id=client_id, secret=secret, now=tenant.now())
    return _answer(made, change="client_created", secret=secret)


def _update(tenant: Tenant, options: argparse.Namespace) -> Answer:
    changes = {**given_metadata(options), **unset_metadata(options.unset)}
    before = tenant.clients.find(options.client_id)
    secret = new_client_secret(secrets.token_urlsafe)
    after = tenant.clients.update(options.client_id, changes, secret=secret, now=tenant.now())
    given = set(after.record.client_secret_hashes) - set(before.record.client_secret_hashes)
    changed = changed_members(client_metadata(before.record), client_metadata(after.record))
    if not changed:
        return unchanged(_answer(after))
    return _answer(after, change="client_changed", members=changed, secret=secret if given else None)


def _rotate_secret(tenant: Tenant, options: argparse.Namespace) -> Answer:
    secret = new_client_secret(secrets.token_urlsafe)
    after = tenant.clients.rotate_secret(
        options.client_id, secret, former_for=options.keep_former, now=tenant.now()
    )
    return _answer(after, change="client_secret_changed", secret=secret)


def _end(tenant: Tenant, options: argparse.Namespace) -> Answer:
    after = tenant.clients.end_former_secrets(options.client_id, now=tenant.now())
    return _answer(after, change="client_secret_changed")


def _delete(tenant: Tenant, options: argparse.Namespace) -> Answer:
    found = tenant.clients.find(options.client_id)
    declared = f" It was declared by {found.owner}, which will miss it." if found.owner else ""
    confirm(
        f"Delete the client {found.record.client_name} ({options.client_id}) of {tenant.name}? Its tokens "
        f"end, and nobody can sign in through it.{declared}",
        yes=options.yes,
    )
    tenant.clients.delete(options.client_id)
    return Answer(
        wrapped(
            f"Deleted {options.client_id}. Its tokens are inactive now; refreshing ends within a minute. "
            "Resource servers that verify access tokens by themselves take them until they expire.",
            indent="",
        ),
        {"deleted": options.client_id},
        (Change("client_deleted", {"client_id": options.client_id}),),
    )


def _answer(
    found: Registered[Client],
    *,
    change: Any = None,
    members: tuple[str, ...] = (),
    secret: str | None = None,
) -> Answer:
    document = client_document(found)
    text = record(_shown(document), width=terminal_width())
    if change and found.owner:
        text += f"\n\n{declared(found.owner)}"
    if secret is not None:
        document = {**document, "client_secret": secret}
        text += f"\n\nclient_secret  {secret}\nKeep it now: nobody can show it again."
    about = {"client_id": found.record.client_id, "members": members}
    return Answer(text, document, (Change(change, about),) if change else ())


def _shown(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    times = ("client_id_issued_at", "former_secret_expires_at", "expires_at", "updated_at")
    return [(name, moment(value) if name in times else value) for name, value in document.items()]


def declared(owner: str) -> str:
    """What an operator should know who changes what a stack declared."""
    return wrapped(f"Declared by {owner}, whose next update takes changes by hand back.", indent="")


def changed_members(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of members that are not as they were."""
    return tuple(name for name in {**before, **after} if before.get(name) != after.get(name))
