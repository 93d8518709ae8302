"""The commands about issuers whose assertions are grants."""

import argparse
from typing import Any

from chalicelib.administration.registry import Registered
from chalicelib.administration.trusted_issuers import trusted_issuer_document
from chalicelib.protocol.trusted_issuer import TrustedIssuer
from infra.admin.answer import Answer, Change, unchanged
from infra.admin.clients import changed_members, declared
from infra.admin.listing import listing
from infra.admin.options import (
    add_command,
    add_record_group,
    add_yes,
    confirm,
    duration,
    read_document,
)
from infra.admin.table import Column, moment, record, terminal_width
from infra.admin.tenant import Tenant

_COLUMNS = (Column("issuer", whole=True), Column("name"), Column("clients"), Column("scope"))


def add_trusted_issuers(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `trusted-issuers`."""
    commands = add_record_group(
        groups,
        "trusted-issuers",
        "Issuers whose assertions are grants",
        kind="trusted issuer",
        key="issuer",
        list_them=_list,
        show=_show,
        shared=shared,
    )
    created = add_command(
        commands,
        "create",
        "Trusts an issuer",
        run=_create,
        shared=shared,
        example="  trusted-issuers create https://idp.example --name Acme \\\n"
        "    --jwks-uri https://idp.example/jwks --client CLIENT_ID --scope notes:read",
    )
    updated = add_command(
        commands, "update", "Changes what is given of it, and nothing else", run=_update, shared=shared
    )
    for parser in (created, updated):
        _add_members(parser)
    deleted = add_command(commands, "delete", "Trusts an issuer no longer", run=_delete, shared=shared)
    deleted.add_argument("issuer")
    add_yes(deleted)


def _add_members(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s ISSUER [options]"
    parser.add_argument("issuer", help="the iss of its assertions")
    parser.add_argument("--name", metavar="NAME", help="what operators know it by")
    parser.add_argument("--jwks-uri", metavar="URL", help="where its public keys are")
    parser.add_argument("--jwks", metavar="FILE", help="its public keys, a JWK set")
    parser.add_argument(
        "--client", action="append", metavar="CLIENT_ID", help="may present its assertions; named so, all"
    )
    parser.add_argument("--scope", metavar="SCOPE", help='"notes:read notes:write": what they bring at most')
    parser.add_argument(
        "--subject",
        metavar="WHO",
        help="whom they name: people only the issuer knows (federated), or people here by their sub",
    )
    parser.add_argument("--subject-claim", metavar="CLAIM", help="which claim names them (sub)")
    parser.add_argument("--audience", action="append", metavar="AUD", help="an aud beside this server's own")
    parser.add_argument("--alg", action="append", metavar="ALG", help="its assertions may be signed with")
    parser.add_argument("--max-lifetime", type=duration, metavar="TIME", help="of an assertion (5m)")
    parser.add_argument(
        "--id-jag",
        action=argparse.BooleanOptionalAction,
        help="its assertions are identity assertion authorization grants",
    )
    parser.add_argument(
        "--software-statements",
        action=argparse.BooleanOptionalAction,
        help="it publishes software: what it signs are software statements, and no grants",
    )
    parser.add_argument("--document", metavar="FILE", help="all of it as a JSON object; options go over it")


def trusted_issuer_as_json(found: Registered[TrustedIssuer]) -> dict[str, Any]:
    """A trusted issuer as --json has it."""
    document = trusted_issuer_document(found.record)
    return {
        "issuer": found.record.issuer,
        **document,
        "declared_by": found.owner,
        "updated_at": found.updated_at,
    }


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return listing(
        tenant.trusted_issuers.trusted_issuers.all(after=options.after),
        limit=options.limit,
        what="trusted issuers",
        columns=_COLUMNS,
        row=_row,
        document=trusted_issuer_as_json,
        name=lambda found: found.record.issuer,
    )


def _row(found: Registered[TrustedIssuer]) -> tuple[str, ...]:
    trusted = found.record
    return trusted.issuer, trusted.issuer_name, " ".join(trusted.clients), " ".join(trusted.scope)


def _show(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return _answer(tenant.trusted_issuers.find(options.issuer))


def _create(tenant: Tenant, options: argparse.Namespace) -> Answer:
    made = tenant.trusted_issuers.register(options.issuer, _given(options), now=tenant.now())
    return _answer(made, change="trusted_issuer_created")


def _update(tenant: Tenant, options: argparse.Namespace) -> Answer:
    before = tenant.trusted_issuers.find(options.issuer)
    after = tenant.trusted_issuers.update(options.issuer, _given(options), now=tenant.now())
    members = changed_members(trusted_issuer_document(before.record), trusted_issuer_document(after.record))
    if members:
        return _answer(after, change="trusted_issuer_changed", members=members)
    return unchanged(_answer(after))


def _delete(tenant: Tenant, options: argparse.Namespace) -> Answer:
    found = tenant.trusted_issuers.find(options.issuer)
    confirm(
        f"Trust {found.record.issuer_name} ({options.issuer}) no longer at {tenant.name}? Its assertions "
        "bring no more tokens within the minute; those out expire.",
        yes=options.yes,
    )
    tenant.trusted_issuers.delete(options.issuer)
    return Answer(
        f"Deleted {options.issuer}.",
        {"deleted": options.issuer},
        (Change("trusted_issuer_deleted", {"trusted_issuer": options.issuer}),),
    )


def _given(options: argparse.Namespace) -> dict[str, Any]:
    base = read_document(options.document) if options.document else {}
    given = {
        "issuer_name": options.name,
        "jwks_uri": options.jwks_uri,
        "jwks": read_document(options.jwks) if options.jwks else None,
        "clients": options.client,
        "scope": options.scope,
        "subject": options.subject,
        "subject_claim": options.subject_claim,
        "audiences": options.audience,
        "algorithms": options.alg,
        "max_lifetime": options.max_lifetime,
        "id_jag": options.id_jag,
        "software_statements": options.software_statements,
    }
    given = {name: value for name, value in given.items() if value is not None}
    # One of both: the other goes.
    for one, other in (("jwks", "jwks_uri"), ("jwks_uri", "jwks")):
        if one in given and other not in given:
            given[other] = None
    return {**base, **given}


def _answer(found: Registered[TrustedIssuer], *, change: Any = None, members: tuple[str, ...] = ()) -> Answer:
    document = trusted_issuer_as_json(found)
    shown = [
        (name, moment(value) if name == "updated_at" else "a JWK set" if name == "jwks" else value)
        for name, value in document.items()
    ]
    text = record(shown, width=terminal_width())
    if change and found.owner:
        text += f"\n\n{declared(found.owner)}"
    about = {"trusted_issuer": found.record.issuer, "members": members}
    return Answer(text, document, (Change(change, about),) if change else ())
