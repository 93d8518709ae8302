"""What was measured, as a table for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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


def starts_head(empty: Started) -> str:
    """The heading of the starts' table, and the line of an empty function."""
    head = (
        f"{'CPU ms to start a function':41}  {'imported':>10}  {'over empty':>10}  {'with AWS clients':>20}\n"
    )
    return head + "-" * _WIDTH + "\n" + start_line("(an empty handler)", empty, empty)


def start_line(name: str, started: Started, empty: Started) -> str:
    """One endpoint's function."""
    more = started.imported - empty.imported
    return f"{name:41}  {started.imported:10.1f}  {more:10.1f}  {started.initialized:20.1f}"


def write_json(
    path: Path, measured: Sequence[Measured], empty: Started, starts: Mapping[str, Started]
) -> None:
    """The same figures, for programs."""
    document = {
        "requests": {one.kind.name: _request(one) for one in measured},
        "imports": {name: round(started.imported, 1) for name, started in starts.items()},
        "initializations": {name: round(started.initialized, 1) for name, started in starts.items()},
        "empty_handler": round(empty.imported, 1),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


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
