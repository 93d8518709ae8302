"""The commands about logouts that clients could not be told of (docs/logout.md)."""

import argparse
from collections.abc import Callable
from typing import Any

from infra.admin.answer import Answer
from infra.admin.options import add_command, add_group, add_yes, confirm
from infra.admin.table import Column, moment, table, terminal_width
from infra.admin.tenant import Tenant
from infra.admin.told_logouts import DeadLetter
from infra.deploy.screen import wrapped

_COLUMNS = (Column("client", whole=True), Column("sub", whole=True), Column("signed out"), Column("why"))
_NONE = "No client missed a logout."


def add_logouts(groups: Any, shared: argparse.ArgumentParser) -> None:
    """The group `logouts`."""
    commands = add_group(groups, "logouts", "Logouts that clients could not be told of")

    def of_some(name: str, summary: str, run: Any, example: str) -> argparse.ArgumentParser:
        parser = add_command(commands, name, summary, run=run, shared=shared, example=example)
        parser.add_argument("--client", metavar="CLIENT_ID", help="only those of this client")
        return parser

    of_some("list", "Lists them, and why", _list, "  logouts list --client notes")
    of_some("resend", "Tells them once more, from the first try on", _resend, "  logouts resend")
    add_yes(of_some("discard", "Gives them up", _discard, "  logouts discard --client notes"))


def _list(tenant: Tenant, options: argparse.Namespace) -> Answer:
    letters = _with(tenant, options, lambda _: None)
    rows = [_row(letter) for letter in letters]
    text = table(_COLUMNS, rows, width=terminal_width()) if rows else _NONE
    return Answer(text, {"logouts": [_document(letter) for letter in letters]})


def _resend(tenant: Tenant, options: argparse.Namespace) -> Answer:
    return _done(_with(tenant, options, tenant.logouts.resend), "is being told once more", "are being told")


def _discard(tenant: Tenant, options: argparse.Namespace) -> Answer:
    whose = f"of {options.client}" if options.client else "of every client"
    confirm(f"Give up the logouts {whose} of {tenant.name}? These clients are never told.", yes=options.yes)
    return _done(_with(tenant, options, tenant.logouts.discard), "was given up", "were given up")


def _with(tenant: Tenant, options: argparse.Namespace, act: Callable[[DeadLetter], None]) -> list[DeadLetter]:
    """The letters that were meant, each acted on; whatever is not deleted is given back to the queue."""
    letters = tenant.logouts.letters()
    meant = [one for one in letters if options.client in {None, one.notice.get("client_id")}]
    try:
        for letter in meant:
            act(letter)
    finally:
        for letter in letters:
            tenant.logouts.give_back(letter)
    return sorted(meant, key=lambda letter: letter.since)


def _done(letters: list[DeadLetter], one: str, several: str) -> Answer:
    if not letters:
        text = _NONE
    elif len(letters) == 1:
        text = f"1 logout {one}."
    else:
        text = f"{len(letters)} logouts {several}."
    return Answer(wrapped(text, indent=""), {"logouts": [_document(letter) for letter in letters]})


def _row(letter: DeadLetter) -> tuple[str, ...]:
    notice = letter.notice
    client = notice.get("client_id") or "(all of a session)"
    sub = notice.get("sub") or ", ".join(one["sub"] for one in letter.event.get("sessions", ()))
    return client, sub, moment(letter.since), letter.why


def _document(letter: DeadLetter) -> dict[str, Any]:
    return {"event": letter.event, "logged_out_at": letter.since, "why": letter.why}
