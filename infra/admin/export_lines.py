"""An export: JSON Lines, one record each, between a line that says what it is and one that says it is whole.

Never a secret: of a client's the hashes (of 256 random bits or more), and ciphertexts that the tenant's own
key alone can open; of a password the Argon2id hash, where asked.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.accounts.password import check_password_hash
from chalicelib.accounts.user import User
from chalicelib.administration.members import check_kept
from chalicelib.administration.refusals import AdministrationRefused, InvalidMember
from chalicelib.administration.registry import Registered
from chalicelib.administration.resource_servers import changed_resource_server, resource_server_document
from chalicelib.administration.trusted_issuers import changed_trusted_issuer, trusted_issuer_document
from chalicelib.administration.user_claims import changed_claims
from chalicelib.administration.users import check_person, checked_login
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.trusted_issuer import TrustedIssuer
from infra.admin.exported_client import exported_client, parsed_client
from infra.admin.exported_members import optional, taken
from infra.deploy.screen import to_json

FORMAT = 1
KINDS = ("resource_server", "client", "trusted_issuer", "user")
_WRONG_SHOWN = 20


class ExportRefused(Exception):
    """A file that is no whole and right export: every line at fault, in sentences."""


@dataclass(slots=True)
class Export:
    """What a file holds: records by their names, and by login name the sub and the password's hash.
    `secrets_key` is the ARN of the key that encrypted clients' secrets, empty where the file does not say.
    """

    resource_servers: dict[str, Registered[ResourceServer]] = field(default_factory=dict)
    clients: dict[str, Registered[Client]] = field(default_factory=dict)
    trusted_issuers: dict[str, Registered[TrustedIssuer]] = field(default_factory=dict)
    users: dict[str, Registered[User]] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    password_hashes: dict[str, str] = field(default_factory=dict)
    secrets_key: str = ""


def export_lines(
    *,
    issuer: str,
    secrets_key: str,
    resource_servers: Iterable[Registered[ResourceServer]],
    clients: Iterable[Registered[Client]],
    trusted_issuers: Iterable[Registered[TrustedIssuer]],
    users: Iterable[Registered[User]],
    password_hashes: Mapping[str, str],
    now: int,
) -> Iterable[str]:
    """The lines of an export, each without its line feed."""
    first = {"format": FORMAT, "issuer": issuer, "secrets_key": secrets_key or None, "exported_at": now}
    yield _line("keyturn_export", first)
    counts = dict.fromkeys(KINDS, 0)
    for server in resource_servers:
        counts["resource_server"] += 1
        document = {"resource": server.record.resource, **resource_server_document(server.record)}
        yield _line("resource_server", {**document, "declared_by": server.owner})
    for client in clients:
        counts["client"] += 1
        yield _line("client", exported_client(client))
    for trusted in trusted_issuers:
        counts["trusted_issuer"] += 1
        document = {"issuer": trusted.record.issuer, **trusted_issuer_document(trusted.record)}
        yield _line("trusted_issuer", {**document, "declared_by": trusted.owner})
    for user in users:
        counts["user"] += 1
        yield _line("user", _user(user.record, password_hashes))
    yield _line("end", counts)


def parse_export(lines: Iterable[str]) -> Export:
    """What an export holds, every record checked as if it were registered now. Raises ExportRefused."""
    export, wrong, counts, whole, number = Export(), list[str](), dict.fromkeys(KINDS, 0), False, 0
    for number, line in enumerate(lines, start=1):
        try:
            kind, document = _parsed(line)
            if number == 1:
                _check_first(kind, document)
                export.secrets_key = str(document.get("secrets_key", ""))
            elif whole:
                raise InvalidMember("There is more after the end.")
            elif kind == "end":
                whole = True
                # An export from before there was a kind does not count it.
                if {**dict.fromkeys(KINDS, 0), **document} != counts:
                    raise InvalidMember("Lines are missing: the counts at the end are others.")
            else:
                counts[kind] += 1
                _ADD[kind](export, document)
        except AdministrationRefused as error:
            wrong.append(f"line {number}: {error}")
            if number == 1:
                break
    if not wrong and not whole:
        wrong.append(f"line {number}: The file ends too early; its last line is missing.")
    if wrong:
        more = [f"... and {len(wrong) - _WRONG_SHOWN} more."] if len(wrong) > _WRONG_SHOWN else []
        raise ExportRefused("\n".join([*wrong[:_WRONG_SHOWN], *more]))
    return export


def _user(user: User, password_hashes: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sub": user.sub,
        "login": user.login,
        "disabled": user.disabled,
        "claims": user.claims,
        "password_hash": password_hashes.get(user.login or ""),
    }


def _line(kind: str, document: Mapping[str, Any]) -> str:
    members = {name: value for name, value in document.items() if value is not None}
    return to_json({kind: members}, separators=(",", ":"))


def _parsed(line: str) -> tuple[str, dict[str, Any]]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidMember("This is no JSON.") from None
    if not isinstance(found, dict) or len(found) != 1:
        raise InvalidMember("This is no record of an export.")
    ((kind, document),) = found.items()
    if kind not in (*KINDS, "keyturn_export", "end") or not isinstance(document, dict):
        raise InvalidMember("This is no record of an export.")
    check_kept(f"The {kind.replace('_', ' ')}", document)
    return kind, document


def _check_first(kind: str, document: Mapping[str, Any]) -> None:
    if kind != "keyturn_export":
        raise InvalidMember("This is no export: its first line would say keyturn_export.")
    if document.get("format") != FORMAT:
        raise InvalidMember(
            f"This export's format is {document.get('format')}, and this release reads {FORMAT}."
        )


def _add_resource_server(export: Export, document: dict[str, Any]) -> None:
    resource, owner = taken(document, "resource", str), optional(document, "declared_by", str)
    blank = ResourceServer(resource=resource, resource_name="")
    server = changed_resource_server(blank, document)
    _add(export.resource_servers, resource, Registered(record=server, owner=owner))


def _add_client(export: Export, document: dict[str, Any]) -> None:
    client = parsed_client(document)
    _add(export.clients, client.record.client_id, client)


def _add_trusted_issuer(export: Export, document: dict[str, Any]) -> None:
    issuer, owner = taken(document, "issuer", str), optional(document, "declared_by", str)
    trusted = changed_trusted_issuer(TrustedIssuer(issuer=issuer, issuer_name=""), document)
    _add(export.trusted_issuers, issuer, Registered(record=trusted, owner=owner))


def _add_user(export: Export, document: dict[str, Any]) -> None:
    sub, login = taken(document, "sub", str), optional(document, "login", str)
    password_hash = optional(document, "password_hash", str)
    claims, disabled = taken(document, "claims", dict), taken(document, "disabled", bool)
    if document:
        raise InvalidMember(f"A user has no member {next(iter(document))}.")
    if login is not None and checked_login(login) != login:
        raise InvalidMember("The login name is not as it would be kept: NFKC, case folded.")
    user = User(sub=sub, claims=changed_claims({}, claims), login=login, disabled=disabled)
    check_person(user)
    if user.claims != claims:
        raise InvalidMember("A claim is null.")
    if login is not None and export.logins.setdefault(login, sub) != sub:
        raise InvalidMember(f"The login name {login} stands there twice.")
    if password_hash is not None:
        if login is None:
            raise InvalidMember("A password_hash is of a login name.")
        try:
            check_password_hash(password_hash)
        except ValueError as error:
            raise InvalidMember(str(error)) from None
        export.password_hashes[login] = password_hash
    _add(export.users, sub, Registered(record=user))


def _add(found: dict[str, Any], name: str, registered: Any) -> None:
    if found.setdefault(name, registered) is not registered:
        raise InvalidMember(f"{name} stands there twice.")


_ADD = {
    "resource_server": _add_resource_server,
    "client": _add_client,
    "trusted_issuer": _add_trusted_issuer,
    "user": _add_user,
}
