"""A list that says where it ends: so many records, and how to go on."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from infra.admin.answer import Answer
from infra.admin.table import Column, table, terminal_width

One = TypeVar("One")


def listing(
    found: Iterator[One],
    *,
    limit: int,
    what: str,
    columns: Sequence[Column],
    row: Callable[[One], Sequence[str]],
    document: Callable[[One], dict[str, Any]],
    name: Callable[[One], str],
) -> Answer:
    """The first `limit` records, 0 for all, and where there are more the name to go on after. What is
    whole is sorted by name; a part stays in the store's order, in which it goes on.
    """
    taken = list(islice(found, limit + 1)) if limit else list(found)
    more = bool(limit) and len(taken) > limit
    shown = taken[:limit] if more else sorted(taken, key=name)
    after = name(shown[-1]) if more else None
    text = table(columns, [row(one) for one in shown], width=terminal_width()) if shown else f"No {what}."
    if after is not None:
        text += f"\n\nThere are more. Go on with: --after {after}"
    members = {what.replace(" ", "_"): [document(one) for one in shown], "next": after}
    return Answer(text, members)
