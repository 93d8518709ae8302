"""What was measured, as a table for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.package_archive import unzipped_size
from tests.bench.emulated import EmulatedStart
from tests.bench.imports import Started
from tests.bench.requests import Measured, Spread

_WIDTH = 98


def requests_head() -> str:
    """The heading of the requests' table."""
    return (
        f"{'':41}  {'calls / budget':^17}  {'CPU ms of the handler':^29}\n"
        f"{'request':41}  {'DynamoDB':>8} {'Sign':>6}    {'in all':>6}  {'without AWS':^16} {'aim':>5}\n"
        + "-"
        * _WIDTH
    )


def request_line(measured: Measured) -> str:
    """One kind of request."""
    calls, budget, target = measured.calls, measured.kind.budget, measured.kind.target_ms
    dynamodb = f"{calls.dynamodb}/{budget.dynamodb}"
    sign = f"{calls.kms_sign}/{budget.kms_sign}"
    aim = f"{target:5.2f}" if target is not None else f"{'':5}"
    without = f"{measured.without_aws.median:.3f} {_range(measured.without_aws)}"
    line = (
        f"{measured.kind.name:41}  {dynamodb:>8} {sign:>6}  {measured.total.median:8.2f}  {without:16} {aim}"
    )
    return f"{line}  {_verdict(measured)}"


@dataclass(frozen=True, slots=True)
class Starts:
    """What starting each function costs, by its endpoint's stem, and starting one that does nothing."""

    empty: Started
    functions: Mapping[str, Started]
    emulated_empty: EmulatedStart
    emulated: Mapping[str, EmulatedStart]


def starts_table(starts: Starts) -> str:
    """Every function's start: CPU time of its imports, and its wall-clock time under the emulator."""
    head = (
        f"{'':41}  {'CPU ms until it is':^17}  {'ms under the emulator':^28}\n"
        f"{'start':41}  {'imported':>8} {'with AWS':>8}    {'INIT':>6} {'x empty':>8} {'first request':>14}\n"
        + "-"
        * _WIDTH
    )
    lines = [_start_line("(an empty handler)", starts.empty, starts.emulated_empty, starts.emulated_empty)]
    for name, emulated in starts.emulated.items():
        lines.append(_start_line(name, starts.functions[name], emulated, starts.emulated_empty))
    return "\n".join((head, *lines))


def _start_line(name: str, started: Started, emulated: EmulatedStart, empty: EmulatedStart) -> str:
    first = f"{emulated.first_ms:.1f}" if emulated.first_ms is not None else ""
    return (
        f"{name:41}  {started.imported:8.1f} {started.initialized:8.1f}"
        f"    {emulated.init_ms:6.1f} {emulated.init_ms / empty.init_ms:8.2f} {first:>14}"
    )


def write_json(path: Path, measured: Sequence[Measured], starts: Starts, archive: Path) -> None:
    """The same figures, for programs."""
    document = {
        "requests": {one.kind.name: _request(one) for one in measured},
        "init": {name: _init(emulated, starts.emulated_empty) for name, emulated in starts.emulated.items()},
        "imports": {name: round(started.imported, 1) for name, started in starts.functions.items()},
        "initializations": {
            name: round(started.initialized, 1) for name, started in starts.functions.items()
        },
        "empty_handler": round(starts.empty.imported, 1),
        "zip": {"bytes": archive.stat().st_size, "unzipped_bytes": unzipped_size(archive)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _init(start: EmulatedStart, empty: EmulatedStart) -> dict[str, float | None]:
    return {
        "ms": round(start.init_ms, 1),
        "empty_ms": round(empty.init_ms, 1),
        "ratio": round(start.init_ms / empty.init_ms, 2),
        "first_ms": None if start.first_ms is None else round(start.first_ms, 1),
    }


def _request(one: Measured) -> dict[str, Any]:
    return {
        "dynamodb": one.calls.dynamodb,
        "kms": one.calls.kms_sign,
        "cpu_ms": round(one.total.median, 3),
        "cpu_without_aws_ms": round(one.without_aws.median, 3),
        "cpu_without_aws_ms_quartiles": [round(one.without_aws.low, 3), round(one.without_aws.high, 3)],
        "budget": {"dynamodb": one.kind.budget.dynamodb, "kms": one.kind.budget.kms_sign},
        "kms_get_public_key": one.calls.kms_get_public_key,
        "repetitions": one.repetitions,
    }


def _range(spread: Spread) -> str:
    digits = 2 if spread.high < 10 else 0
    return f"{spread.low:.{digits}f}-{spread.high:.{digits}f}"


def _verdict(measured: Measured) -> str:
    return "OVER" if measured.over_budget else "ok"
