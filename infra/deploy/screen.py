"""What a person reads: 80 columns, no colours, the same in a terminal and in a CI log."""

import json
import re
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from infra.deploy.change_set import Change

WIDTH = 80
_ORDER = ("remove", "replace", "maybe", "import", "add", "modify")
_SHOWN = {"maybe": "replace?"}
_NAME, _KIND = 38, 28
_NOT_ASCII = re.compile(r"[^\n -~]")


def say(text: str = "") -> None:
    """One line, or several, at once; words alone, whoever chose what is in them."""
    sys.stdout.write(f"{printable_lines(text)}\n")
    sys.stdout.flush()


def printable(text: str) -> str:
    """The text without what could move a cursor or hide words: names are others' to choose."""
    return "".join(one if _is_still(one) else "�" for one in text)


def printable_lines(text: str) -> str:
    """The same of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def to_json(document: Any, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """JSON that a terminal may be shown too: what could move its cursor is written as JSON escapes it."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    return _NOT_ASCII.sub(lambda found: found[0] if _is_still(found[0]) else json.dumps(found[0])[1:-1], text)


def _is_still(character: str) -> bool:
    return character.isprintable() and unicodedata.category(character) != "Cf"


def wrapped(text: str, *, indent: str = "  ") -> str:
    """A paragraph inside the width; words longer than a line stay whole, to be copied."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def change_table(changes: Iterable[Change]) -> str:
    """The changes as a table: what is lost first, what stays as it is at the end."""
    rows = sorted(
        changes,
        key=lambda one: (_ORDER.index(one.verb) if one.verb in _ORDER else 0, one.kind, one.logical_id),
    )
    lines = [f"  {'change':8}  {'resource':{_NAME}}  type", f"  {'-' * 8}  {'-' * _NAME}  {'-' * _KIND}"]
    for one in rows:
        verb = _SHOWN.get(one.verb, one.verb)
        lines.append(f"  {verb:8}  {cut(one.logical_id, _NAME):{_NAME}}  {cut(plain_type(one.kind), _KIND)}")
    counted = Counter(one.verb for one in rows)
    lines.append("")
    lines.append("  " + ", ".join(f"{counted[verb]} to {_counted(verb)}" for verb in _ORDER if counted[verb]))
    return "\n".join(lines)


def plain_type(kind: str) -> str:
    """A resource type without the vendor: Lambda::Function."""
    return kind.removeprefix("AWS::")


def cut(text: str, width: int) -> str:
    """A text that fits, its end marked where some is left out."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def block(title: str, paragraphs: Iterable[str]) -> str:
    """A block nobody overlooks: a rule, a title, paragraphs."""
    body = "\n\n".join(wrapped(one) for one in paragraphs)
    return f"{'=' * WIDTH}\n{title}\n\n{body}\n{'=' * WIDTH}"


def confirmed(question: str, answer: str) -> bool:
    """Whether somebody at the keyboard types the answer. Nobody there is no."""
    sys.stdout.write(f"{printable_lines(question)} ")
    sys.stdout.flush()
    said = sys.stdin.readline().strip()
    if not sys.stdin.isatty():
        say(said)
    return said == answer


def _counted(verb: str) -> str:
    return "replace, perhaps" if verb == "maybe" else verb
