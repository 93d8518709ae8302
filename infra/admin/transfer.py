"""The commands `export` and `import`: a tenant's records as a file, and back."""

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.administration.client_document import check_client
from chalicelib.administration.refusals import AdministrationRefused, InvalidMember
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import TemporarilyUnavailable
from infra.admin.answer import Answer, Change
from infra.admin.export_lines import ExportRefused, export_lines, parse_export
from infra.admin.import_plan import Plan, plan_import
from infra.admin.import_steps import make_steps
from infra.admin.options import add_command, add_yes, confirm
from infra.admin.refused import CommandRefused
from infra.admin.table import Column, table, terminal_width
from infra.admin.tenant import Tenant
from infra.deploy.screen import say, wrapped

SHOWN = 50
_FAILURES = (CommandRefused, AdministrationRefused, TemporarilyUnavailable, BotoCoreError, ClientError)
_COLUMNS = (Column("change"), Column("record"), Column("name", whole=True), Column("members"))


def add_transfer(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The commands, which stand beside the groups."""
    exported = add_command(
        groups,
        "export",
        "Writes all clients, resource servers and people to a file",
        run=_export,
        shared=shared,
        example="  export acme.jsonl\n  export - | gpg --encrypt --recipient ops > acme.jsonl.gpg",
    )
    exported.add_argument("file", help="- for standard output")
    exported.add_argument(
        "--with-password-hashes",
        action="store_true",
        help="so that people can sign in where it is imported; guard such a file like the tables",
    )
    imported = add_command(
        groups,
        "import",
        "Makes a tenant's records what a file says; deletes none",
        run=_import,
        shared=shared,
        example="  import acme.jsonl --dry-run\n  import acme.jsonl",
    )
    imported.add_argument("file", help="of an export; - for standard input, which needs --yes or --dry-run")
    imported.add_argument(
        "--dry-run", action="store_true", help="says what would change, and changes nothing"
    )
    add_yes(imported)


def _export(tenant: Tenant, options: argparse.Namespace) -> Answer:
    hashes: dict[str, str] = {}
    if options.with_password_hashes:
        hashes = {one.login: one.password_hash for one in tenant.logins.all() if one.password_hash}
    lines = list(
        export_lines(
            issuer=tenant.issuer,
            secrets_key=tenant.secrets_key,
            resource_servers=tenant.resource_servers.resource_servers.all(),
            clients=tenant.clients.clients.all(),
            trusted_issuers=tenant.trusted_issuers.trusted_issuers.all(),
            users=tenant.users.users.all(),
            password_hashes=hashes,
            now=tenant.now(),
        )
    )
    text = "\n".join(lines)
    if options.file == "-":
        return Answer(text, None, raw=True)
    _write(Path(options.file), f"{text}\n")
    records = len(lines) - 2
    kept = "password hashes are in it" if options.with_password_hashes else "without password hashes"
    return Answer(f"{records} records in {options.file}, {kept}.", {"file": options.file, "records": records})


def _import(tenant: Tenant, options: argparse.Namespace) -> Answer:
    if options.file == "-" and not (options.yes or options.dry_run):
        raise CommandRefused("An import from standard input can't ask: it needs --yes or --dry-run.")
    try:
        export = parse_export(_read(options.file))
    except ExportRefused as error:
        raise CommandRefused(f"Nothing was imported. {options.file}:\n{error}") from None
    plan = plan_import(
        export,
        resource_servers=tenant.resource_servers.resource_servers,
        clients=tenant.clients.clients,
        trusted_issuers=tenant.trusted_issuers.trusted_issuers,
        users=tenant.users.users,
        credentials={one.login: one for one in tenant.logins.all()},
        secrets_key=tenant.secrets_key,
    )
    changes = [step for step in plan.steps if step.verb != "same"]
    for step in plan.clients:
        if step.verb != "same":
            _check(step.name, step.after.record, tenant)
    if options.dry_run or not changes:
        return Answer(_shown(plan, tenant), _document(plan))
    if not options.yes:
        say(_shown(plan, tenant))
        say()
        confirm(f"Import this into {tenant.name}?", yes=False)
    return _made(tenant, plan, of=len(changes))


def _check(client_id: str, client: Client, tenant: Tenant) -> None:
    """Another tenant may have had what this one has off. Raises CommandRefused."""
    try:
        check_client(client, migration=tenant.clients.migration)
    except InvalidMember as refused:
        raise CommandRefused(f"Nothing was imported. The client {client_id}: {refused}") from None


def _made(tenant: Tenant, plan: Plan, *, of: int) -> Answer:
    made: list[Change] = []
    failed = None
    try:
        for change in make_steps(tenant, plan):
            made.append(change)  # noqa: PERF402 - those before a failure are kept
    # Whatever it was: what was made before is to be told, to people and to the audit trail.
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
        failed = (
            f"{_why(error)} {len(made)} of {of} changes were made and stand; the others "
            "were not. Run the import again: it goes on from here."
        )
    document = {"made": len(made), "of": of, "unreadable_secrets": list(plan.unreadable())}
    text = f"Imported: {len(made)} of {of} changes made.{_unreadable(plan)}"
    return Answer(text, document, tuple(made), failed)


def _why(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Stopped."
    return str(error) if isinstance(error, _FAILURES) else f"Something went wrong ({type(error).__name__})."


def _shown(plan: Plan, tenant: Tenant) -> str:
    changes = [step for step in plan.steps if step.verb != "same"]
    counts = Counter(step.verb for step in plan.steps)
    summary = f"{counts['create']} to create, {counts['change']} to change, {counts['same']} as they are"
    if not changes:
        return f"{tenant.name} is as the file says: {counts['same']} records."
    rows = [(step.verb, step.kind, step.name, ", ".join(step.members)) for step in changes[:SHOWN]]
    shown = table(_COLUMNS, rows, width=terminal_width())
    if len(changes) > SHOWN:
        shown += f"\n... and {len(changes) - SHOWN} more (--dry-run --json shows all)"
    return f"{shown}\n\n{summary}. Nothing is deleted.{_unreadable(plan)}"


def _unreadable(plan: Plan) -> str:
    names = plan.unreadable()
    if not names:
        return ""
    sentence = (
        f"Another tenant's key encrypted the secrets of {', '.join(names)}: they open nothing here, and the "
        "clients are refused until each has another one (clients rotate-secret)."
    )
    return "\n\n" + wrapped(sentence, indent="")


def _document(plan: Plan) -> dict[str, Any]:
    return {
        "changes": [
            {"change": step.verb, "record": step.kind, "name": step.name, "members": list(step.members)}
            for step in plan.steps
            if step.verb != "same"
        ],
        "unreadable_secrets": list(plan.unreadable()),
        "same": sum(step.verb == "same" for step in plan.steps),
    }


def _read(file: str) -> list[str]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandRefused(f"{file}: {error}") from None
    return [line for line in text.split("\n") if line.strip()]


def _write(path: Path, text: str) -> None:
    """For its owner alone, and whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CommandRefused(f"{path}: {error.strerror}.") from None
