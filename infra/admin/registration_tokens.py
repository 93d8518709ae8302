"""The commands about initial access tokens, by which clients register themselves (RFC 7591 section 3)."""

import argparse
from typing import Any

from chalicelib.administration.registration_token import RegistrationToken
from chalicelib.administration.registry import Registered
from infra.admin.answer import Answer, Change
from infra.admin.listing import listing
from infra.admin.options import add_command, add_group, add_paging, add_yes, confirm, duration
from infra.admin.table import Column, moment, record, terminal_width
from infra.admin.tenant import Tenant

_COLUMNS = (Column("token", whole=True), Column("name"), Column("used"), Column("expires"))


def add_registration_tokens(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `registration-tokens`."""
    commands = add_group(groups, "registration-tokens", "Tokens by which clients register themselves")
    listed = add_command(commands, "list", "Lists them", run=_list, shared=shared)
    add_paging(listed)
    created = add_command(
        commands,
        "create",
        "Makes a token, shown this once",
        run=_create,
        shared=shared,
        example="  registration-tokens create --name Partners --expires 7d --uses 10\n"
        '  registration-tokens create --name Exports --scope "notes:read" \\\n'
        "    --grant-type client_credentials",
    )
    created.add_argument("--name", required=True, metavar="NAME", help="whom it is for")
    created.add_argument("--expires", type=duration, metavar="TIME", help="after 7d, say; otherwise never")
    created.add_argument(
        "--uses", type=int, metavar="N", help="so many clients may register by it; otherwise any number"
    )
    created.add_argument(
        "--scope", metavar="SCOPE", help='"notes:read": all that its clients may be registered with'
    )
    created.add_argument(
        "--grant-type",
        action="append",
        metavar="TYPE",
        help="client_credentials, say; the usual ones of apps, if none is named",
    )
    deleted = add_command(
        commands, "delete", "Deletes a token; nobody registers by it any more", run=_delete, shared=shared
    )
    deleted.add_argument("token_id", help="what stands before the dot of the token")
    add_yes(deleted)


def token_as_json(found: Registered[RegistrationToken]) -> dict[str, Any]:
    """A token as --json has it: never its secret, nor its hash."""
    token = found.record
    return {
        "token_id": token.token_id,
        "token_name": token.token_name,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "uses": token.uses,
        "max_uses": token.max_uses,
        "grant_types": list(token.grant_types),
        "scope": None if token.scope is None else " ".join(token.scope),
    }


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return listing(
        tenant.registration_tokens.tokens.all(after=options.after),
        limit=options.limit,
        what="registration tokens",
        columns=_COLUMNS,
        row=_row,
        document=token_as_json,
        name=lambda found: found.record.token_id,
    )


def _row(found: Registered[RegistrationToken]) -> tuple[str, ...]:
    token = found.record
    used = str(token.uses) if token.max_uses is None else f"{token.uses} of {token.max_uses}"
    return token.token_id, token.token_name, used, moment(token.expires_at) if token.expires_at else "never"


def _create(tenant: Tenant, options: argparse.Namespace) -> Answer:
    given = {
        "token_name": options.name,
        "lifetime": options.expires,
        "max_uses": options.uses,
        "scope": options.scope,
        "grant_types": options.grant_type,
    }
    found, token = tenant.registration_tokens.create(given, now=tenant.now())
    document = token_as_json(found)
    shown = [
        (name, moment(value) if name.endswith("_at") and value else value) for name, value in document.items()
    ]
    text = (
        f"{record(shown, width=terminal_width())}\n\nregistration_token  {token}\n"
        "Keep it now: only its hash is stored, so nobody can show it again."
    )
    changes = (Change("registration_token_created", {}),)
    return Answer(text, {**document, "registration_token": token}, changes)


def _delete(tenant: Tenant, options: argparse.Namespace) -> Answer:
    name = tenant.registration_tokens.find(options.token_id).record.token_name
    confirm(
        f"Delete the registration token {name} ({options.token_id}) of {tenant.name}? Its clients stay.",
        yes=options.yes,
    )
    tenant.registration_tokens.delete(options.token_id)
    return Answer(
        f"Deleted {options.token_id}.",
        {"deleted": options.token_id},
        (Change("registration_token_deleted", {}),),
    )
