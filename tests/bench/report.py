"""What was measured, as a table for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.package_archive import unzipped_size
from tests.bench.emulated import EmulatedStart
from tests.bench.imports import Started
from tests.bench.kinds import KINDS
from tests.bench.requests import Measured

# The longest name has a blank after it.
_NAME = 1 + max(len(kind.name) for kind in KINDS)
_WIDTH = 79
# How many times the empty handler's start those may take that people and resource servers wait for most.
_START_AIMS = {"metadata": 1.5, "jwks": 1.5, "token": 3.0}


def requests_head() -> str:
    """The heading of the requests' table."""
    return (
        f"{'':{_NAME}}{'calls / budget':>14}{'CPU ms of the handler':>24}\n"
        f"{'request':{_NAME}}{'DynamoDB':>9}{'Sign':>5}{'in all':>8}{'no AWS':>8}{'aim':>8}\n"
        f"{'-' * (_NAME + 38)}"
    )


def request_line(measured: Measured) -> str:
    """One kind of request."""
    calls, budget, target = measured.calls, measured.kind.budget, measured.kind.target_ms
    dynamodb = f"{calls.dynamodb}/{budget.dynamodb}"
    sign = f"{calls.kms_sign}/{budget.kms_sign}"
    without = measured.without_aws.median
    line = f"{measured.kind.name:{_NAME}}{dynamodb:>9}{sign:>5}{measured.total.median:8.2f}{without:8.3f}"
    return line + _aim(without, target) + ("  OVER BUDGET" if measured.over_budget else "")


def _aim(found: float, aim: float | None) -> str:
    return "" if aim is None else f" {'>' if found > aim else ' '} {aim:5.2f}"


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
        f"{'':22}{'CPU ms until it is':>20}{'ms under the emulator':>37}\n"
        f"{'start':22}{'imported':>10}{'with AWS':>10}"
        f"{'INIT':>8}{'x empty':>9}{'aim':>8}{'1st request':>12}\n" + "-" * _WIDTH
    )
    lines = [_start_line("(an empty handler)", starts.empty, starts.emulated_empty, starts.emulated_empty)]
    for name, emulated in starts.emulated.items():
        lines.append(_start_line(name, starts.functions[name], emulated, starts.emulated_empty))
    return "\n".join((head, *lines))


def _start_line(name: str, started: Started, emulated: EmulatedStart, empty: EmulatedStart) -> str:
    first = f"{emulated.first_ms:.1f}" if emulated.first_ms is not None else ""
    ratio = emulated.init_ms / empty.init_ms
    return (
        f"{name:22}{started.imported:10.1f}{started.initialized:10.1f}{emulated.init_ms:8.1f}{ratio:9.2f}"
        f"{_aim(ratio, _START_AIMS.get(name)):8}{first:>12}"
    ).rstrip()


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
        "kms_encrypt": one.calls.kms_encrypt,
        "kms_decrypt": one.calls.kms_decrypt,
        "repetitions": one.repetitions,
    }
