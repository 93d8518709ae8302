"""`make bench`: calls to AWS beside their budget, CPU time of each kind of request, time to import.

Ends with 1 where a request makes more calls than it may. Times are told, not judged: they are this
machine's.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from infra.local.resources import Template
from infra.local.template import read_template
from tests.bench import report
from tests.bench.imports import ROOT, Started, Starts
from tests.bench.kinds import KINDS
from tests.bench.meter import MeteredTransport
from tests.bench.requests import Measured, measure
from tests.bench.services import Services
from tests.bench.world import World
from tests.support.http import Caller
from tests.support.tenant import Tenant

RESULTS = ROOT / "build" / "bench.json"


def main() -> int:
    """Measures everything and prints it as it goes. Returns the exit code."""
    started = time.monotonic()
    _say("Starting DynamoDB and KMS in another process, importing the handlers ...\n")
    with Services() as services:
        os.environ.update(services.environment)
        issuer = services.environment["ISSUER"]
        template = read_template(address=issuer)
        measured = _measure_requests(template, issuer, services)
    empty, starts = _measure_starts(template, services.environment)
    report.write_json(RESULTS, measured, empty, starts)
    over = [one.kind.name for one in measured if one.over_budget]
    _say(f"\n{time.monotonic() - started:.0f} s. The figures are in {RESULTS.relative_to(ROOT)}.")
    _say(f"Over budget: {', '.join(over)}." if over else "Every request is within its budget of calls.")
    return 1 if over else 0


def _measure_requests(template: Template, issuer: str, services: Services) -> list[Measured]:
    transport = MeteredTransport(template, issuer)
    tenant = Tenant()
    tenant.resource_server()
    world = World(Caller(transport), tenant)
    _say(report.requests_head())
    found = []
    for kind in KINDS:
        found.append(measure(kind, world, transport, services))
        _say(report.request_line(found[-1]))
    return found


def _measure_starts(template: Template, environment: dict[str, str]) -> tuple[Started, dict[str, Started]]:
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        starts = Starts(environment, Path(directory))
        empty = starts.empty()
        _say("\n" + report.starts_head(empty))
        for function in template.functions:
            found[function.endpoint] = starts.of(function.endpoint)
            _say(report.start_line(function.endpoint, found[function.endpoint], empty))
    return empty, found


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
