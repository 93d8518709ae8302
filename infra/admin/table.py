"""Tables and records for people: as wide as the terminal, identifiers never cut."""

import datetime as dt
import json
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.deploy.screen import printable

NARROWEST = 8
GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column. What is `whole` is never shortened: somebody will copy it."""

    title: str
    whole: bool = False


def terminal_width() -> int:
    """Columns there are; without a terminal nothing is cut, so that what reads it gets all of it."""
    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 10_000


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int) -> str:
    """Rows under their titles; where even shortened cells do not fit, one block a row."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [
        max(_width(text) for text in (column.title, *row))
        for column, *row in zip(columns, *cells, strict=True)
    ]
    over = sum(widths) + GAP * (len(columns) - 1) - width
    least = [
        min(one, max(NARROWEST, _width(column.title))) for column, one in zip(columns, widths, strict=True)
    ]
    while over > 0:
        # The widest of those that may be cut gives way first.
        cut = [at for at, column in enumerate(columns) if not column.whole and widths[at] > least[at]]
        if not cut:
            break
        widths[max(cut, key=widths.__getitem__)] -= 1
        over -= 1
    if over > 0:
        titles = [column.title for column in columns]
        return "\n\n".join(record(list(zip(titles, row, strict=True)), width=width) for row in cells)
    lines = [[column.title for column in columns], ["-" * one for one in widths], *cells]
    return "\n".join(
        (" " * GAP).join(_padded(text, one) for text, one in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def record(members: Sequence[tuple[str, Any]], *, width: int) -> str:
    """One record: each member on its line, a list's members under each other, long text wrapped."""
    shown = [(name, value) for name, value in members if value not in (None, "", [], ())]
    column = max((len(name) for name, _ in shown), default=0) + GAP
    lines = []
    for name, value in shown:
        texts = [printable(_said(one)) for one in (value if isinstance(value, list | tuple) else [value])]
        wrapped = [part for text in texts for part in _wrapped(text, max(20, width - column))]
        lines += [f"{name:{column}}{wrapped[0]}", *(f"{'':{column}}{part}" for part in wrapped[1:])]
    return "\n".join(lines)


def moment(seconds: int | None) -> str:
    """A time, in UTC; nothing for an unknown one."""
    if not seconds:
        return ""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _width(text: str) -> int:
    """Columns a text takes: East Asian wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def _padded(text: str, width: int) -> str:
    if _width(text) > width:
        kept = ""
        for character in text:
            if _width(kept + character) > width - 1:
                break
            kept += character
        text = kept + "…"
    return text + " " * (width - _width(text))
