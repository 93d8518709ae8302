"""What every command takes, and how values are read from a command line."""

import argparse
import getpass
import json
import re
import sys
from pathlib import Path
from typing import Any

from infra.admin.refused import CommandRefused
from infra.deploy.screen import WIDTH, confirmed, wrapped

_DURATION = re.compile(r"([0-9]{1,9})([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
MANY = 100


def shared_options() -> argparse.ArgumentParser:
    """The options that stand before or after the command, alike."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("which tenant")
    group.add_argument("--tenant", help="of the stack keyturn-<tenant>-<stage>")
    group.add_argument("--stage", help="prod, staging, ...")
    group.add_argument("--region", help="where; otherwise the profile's")
    group.add_argument("--profile", help="of the AWS configuration")
    group.add_argument(
        "--local",
        nargs="?",
        const=8000,
        type=int,
        metavar="PORT",
        help="instead: the stack that make run runs here (8000)",
    )
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="for machines")
    return parser


def add_group(groups: Any, name: str, summary: str) -> Any:
    """A group of commands, to which commands are added."""
    parser = groups.add_parser(name, help=summary, description=f"{summary}.", formatter_class=formatter)
    return parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)


def add_command(
    commands: Any, name: str, summary: str, *, run: Any, shared: argparse.ArgumentParser, example: str = ""
) -> argparse.ArgumentParser:
    """A command: `run` takes the tenant and the options, and answers an Answer."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary}.",
        epilog=f"Example:\n{example}" if example else None,
        formatter_class=formatter,
        parents=[shared],
    )
    parser.set_defaults(run=run)
    return parser


def add_record_group(
    groups: Any,
    name: str,
    summary: str,
    *,
    kind: str,
    key: str,
    list_them: Any,
    show: Any,
    shared: argparse.ArgumentParser,
) -> Any:
    """A group of commands about records of a `kind`, named by their `key`: with `list` and `show`, and others
    to be added.
    """
    commands = add_group(groups, name, summary)
    add_paging(add_command(commands, "list", f"Lists {kind}s", run=list_them, shared=shared))
    add_command(commands, "show", f"Shows one {kind}", run=show, shared=shared).add_argument(key)
    return commands


def formatter(prog: str) -> argparse.HelpFormatter:
    """Help in 80 columns, examples as they are written."""
    return argparse.RawDescriptionHelpFormatter(prog, width=WIDTH, max_help_position=30)


def add_paging(parser: argparse.ArgumentParser) -> None:
    """--limit and --after."""
    parser.add_argument(
        "--limit", type=_limit, default=MANY, metavar="N", help=f"at most so many (0: all; {MANY} otherwise)"
    )
    parser.add_argument("--after", metavar="NAME", help="go on after this one, as the end of a list says")


def add_yes(parser: argparse.ArgumentParser) -> None:
    """--yes."""
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def confirm(question: str, *, yes: bool) -> None:
    """Asks a person. Raises CommandRefused where the answer is not yes, or nobody is there."""
    if not yes and not confirmed(wrapped(f"{question} Type yes:", indent=""), "yes"):
        raise CommandRefused("Nothing was changed. (--yes asks nothing.)")


def read_password(*, from_stdin: bool) -> str:
    """A new password, typed twice, or one line of standard input; never an argument, which others can see.

    Raises CommandRefused.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandRefused("Nobody is there to type a password. Give it by --password-stdin.")
    password = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != password:
        raise CommandRefused("These were two passwords. Nothing was changed.")
    return password


def duration(text: str) -> int:
    """Seconds: 90, 90s, 15m, 24h, 7d."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time like 90s, 15m, 24h or 7d")
    return int(match[1]) * _SECONDS[match[2]]


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    return name, value


def json_or_text(value: str) -> Any:
    """What the text is as JSON: true, 5, {"a": "b"}; text where it is none."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def read_document(path: str) -> dict[str, Any]:
    """A JSON object out of a file, - for standard input. Raises CommandRefused."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        raise CommandRefused(f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise CommandRefused(f"{path} is no JSON object.")
    return found


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of records")
    return int(text)
