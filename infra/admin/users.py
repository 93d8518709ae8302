"""The commands about people."""

import argparse
from typing import Any

from chalicelib.accounts.user import User
from chalicelib.administration.registry import Registered
from chalicelib.administration.user_claims import TEXT_CLAIMS
from infra.admin.answer import Answer, Change, unchanged
from infra.admin.clients import changed_members
from infra.admin.listing import listing
from infra.admin.options import (
    add_command,
    add_group,
    add_paging,
    add_yes,
    confirm,
    json_or_text,
    pair,
    read_password,
)
from infra.admin.table import Column, moment, record, terminal_width
from infra.admin.tenant import Tenant
from infra.deploy.screen import wrapped

_COLUMNS = (Column("sub", whole=True), Column("login", whole=True), Column("name"), Column("state"))


def add_users(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `users`."""
    commands = add_group(groups, "users", "People who sign in")
    listed = add_command(commands, "list", "Lists people", run=_list, shared=shared)
    add_paging(listed)

    def of_one(name: str, summary: str, run: Any, example: str = "") -> argparse.ArgumentParser:
        parser = add_command(commands, name, summary, run=run, shared=shared, example=example)
        parser.add_argument("user", help="login name or sub")
        return parser

    of_one("show", "Shows one person", _show)
    created = add_command(
        commands,
        "create",
        "Makes a person, and asks for a password",
        run=_create,
        shared=shared,
        example='  users create ada@example.com --claim name="Ada Lovelace" \\\n    --claim locale=en-GB',
    )
    created.add_argument("login", help="the name to sign in with, an email address perhaps")
    created.add_argument("--sub", help="otherwise one is made; nobody else may ever have it")
    created.add_argument("--no-password", action="store_true", help="nobody can sign in until one is set")
    updated = of_one(
        "update",
        "Changes claims, and nothing else",
        _update,
        "  users update ada@example.com --claim locale=en-GB --unset nickname",
    )
    updated.add_argument("--unset", action="append", default=[], metavar="CLAIM", help="takes a claim away")
    for parser in (created, updated):
        parser.add_argument(
            "--claim",
            action="append",
            type=pair,
            default=[],
            metavar="NAME=VALUE",
            help="name, email, ...; JSON where it is no text: email_verified=true",
        )
    of_one("rename", "Gives a person another login name", _rename).add_argument("login")
    reset = of_one("set-password", "Sets a password, and signs the person out everywhere", _set_password)
    for parser in (created, reset):
        parser.add_argument(
            "--password-stdin", action="store_true", help="the password is one line of standard input"
        )
    add_yes(of_one("disable", "Lets a person sign in no more, and signs them out everywhere", _disable))
    of_one("enable", "Lets a disabled person sign in again", _enable)
    of_one("sign-out", "Ends every session and revokes every grant of a person", _sign_out)
    add_yes(of_one("delete", "Deletes a person and all they have", _delete))


def user_document(found: Registered[User]) -> dict[str, Any]:
    """A person as --json has them."""
    user = found.record
    return {
        "sub": user.sub,
        "login": user.login,
        "disabled": user.disabled,
        "signed_out_at": user.signed_out_at,
        "updated_at": found.updated_at,
        "claims": user.claims,
    }


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return listing(
        tenant.users.users.all(after=options.after),
        limit=options.limit,
        what="users",
        columns=_COLUMNS,
        row=_row,
        document=user_document,
        name=lambda found: found.record.sub,
    )


def _row(found: Registered[User]) -> tuple[str, ...]:
    user = found.record
    name = user.display_name if user.claims else ""
    return user.sub, user.login or "", name, "disabled" if user.disabled else "active"


def _show(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return _answer(tenant.users.find(options.user))


def _claim(name: str, typed: str) -> tuple[str, Any]:
    """A claim as it was typed: JSON, but where the claim is text."""
    return name, typed if name.partition("#")[0] in TEXT_CLAIMS else json_or_text(typed)


def _create(tenant: Tenant, options: argparse.Namespace) -> Answer:
    claims = dict(_claim(*given) for given in options.claim)
    if "@" in options.login:
        claims.setdefault("email", options.login)
    password = None if options.no_password else read_password(from_stdin=options.password_stdin)
    made = tenant.users.create(
        options.login, password=password, claims=claims, sub=options.sub, now=tenant.now()
    )
    return _answer(made, change="user_created")


def _update(tenant: Tenant, options: argparse.Namespace) -> Answer:
    before = tenant.users.find(options.user)
    changes = {**dict(_claim(*given) for given in options.claim), **dict.fromkeys(options.unset)}
    after = tenant.users.update_claims(before.record.sub, changes, now=tenant.now())
    members = changed_members(before.record.claims, after.record.claims)
    if members:
        return _answer(after, change="user_changed", members=members)
    return unchanged(_answer(after))


def _rename(tenant: Tenant, options: argparse.Namespace) -> Answer:
    sub = tenant.users.find(options.user).record.sub
    after = tenant.users.rename(sub, options.login, now=tenant.now())
    return _answer(after, change="user_changed", members=("login",))


def _set_password(tenant: Tenant, options: argparse.Namespace) -> Answer:
    user = tenant.users.find(options.user).record
    password = read_password(from_stdin=options.password_stdin)
    revoked = tenant.users.set_password(user.sub, password, now=tenant.now())
    return _ended("The password is set", user, revoked, change="user_password_changed")


def _disable(tenant: Tenant, options: argparse.Namespace) -> Answer:
    user = tenant.users.find(options.user).record
    confirm(f"Disable {_called(user)} of {tenant.name}?", yes=options.yes)
    return _ended("Disabled", user, tenant.users.disable(user.sub, now=tenant.now()), change="user_disabled")


def _enable(tenant: Tenant, options: argparse.Namespace) -> Answer:
    sub = tenant.users.find(options.user).record.sub
    return _answer(tenant.users.enable(sub, now=tenant.now()), change="user_enabled")


def _sign_out(tenant: Tenant, options: argparse.Namespace) -> Answer:
    user = tenant.users.find(options.user).record
    return _ended("Signed out", user, tenant.users.sign_out(user.sub, now=tenant.now()), change="logout")


def _delete(tenant: Tenant, options: argparse.Namespace) -> Answer:
    user = tenant.users.find(options.user).record
    confirm(
        f"Delete {_called(user)} of {tenant.name}, with their login name and consents? This can't be undone.",
        yes=options.yes,
    )
    return _ended("Deleted", user, tenant.users.delete(user.sub, now=tenant.now()), change="user_deleted")


def _ended(what: str, user: User, revoked: int, *, change: Any) -> Answer:
    grants = "1 grant" if revoked == 1 else f"{revoked} grants"
    return Answer(
        wrapped(
            f"{what}: {_called(user)}. Every session has ended, {grants} revoked. Clients that "
            "listen for logouts are being told. Resource servers that "
            "verify access tokens by themselves take those that are out until they expire.",
            indent="",
        ),
        {"sub": user.sub, "revoked_grants": revoked},
        (Change(change, {"sub": user.sub}),),
    )


def _called(user: User) -> str:
    return f"{user.login or user.display_name} ({user.sub})"


def _answer(found: Registered[User], *, change: Any = None, members: tuple[str, ...] = ()) -> Answer:
    document = user_document(found)
    claims = found.record.claims
    shown = [
        *((name, document[name]) for name in ("sub", "login")),
        ("state", "disabled" if found.record.disabled else "active"),
        ("signed_out_at", moment(found.record.signed_out_at)),
        ("updated_at", moment(found.updated_at)),
        *((name, claims[name]) for name in sorted(claims) if name != "updated_at"),
    ]
    about = {"sub": found.record.sub, "members": members}
    return Answer(record(shown, width=terminal_width()), document, (Change(change, about),) if change else ())
