"""What the roles refused and what they allow in vain, of one process of the tests or of several."""

from collections import Counter
from collections.abc import Iterator
from typing import TypedDict

from infra.enforcement.record import Record

_MOST = 30


class Found(TypedDict):
    """How many calls were allowed; the refused ones, a line each, with their number; what nothing used."""

    allowed: int
    refused: dict[str, int]
    unused: list[str]


def found_by(record: Record, unused: list[str]) -> Found:
    """What one process found, as it can be handed to another."""
    refused: Counter[str] = Counter()
    for one, count in record.refused.items():
        refused[str(one)] += count
    return {"allowed": record.allowed.total(), "refused": dict(refused), "unused": unused}


def joined(found: list[Found]) -> Found | None:
    """What all found: used by one is used. None where there was no process."""
    if not found:
        return None
    refused: Counter[str] = Counter()
    for one in found:
        refused.update(one["refused"])
    unused = set.intersection(*(set(one["unused"]) for one in found))
    return {
        "allowed": sum(one["allowed"] for one in found),
        "refused": dict(refused),
        "unused": sorted(unused),
    }


def report(found: Found, *, too_wide: bool) -> Iterator[str]:
    """The lines at the end of a run; what nothing used is only told of where it is asked about."""
    refused, unused = sum(found["refused"].values()), len(found["unused"])
    yield f"{found['allowed']} calls allowed, {refused} refused; {unused} permissions used by none"
    for line, count in sorted(found["refused"].items())[:_MOST]:
        yield f"REFUSED {count}x {line}"
    if len(found["refused"]) > _MOST:
        yield f"REFUSED and {len(found['refused']) - _MOST} kinds more"
    for line in found["unused"] if too_wide else ():
        yield f"UNUSED  {line}"
