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
from infra.package_archive import unzipped_size
from infra.stack.package import package
from tests.bench import report
from tests.bench.emulated import EmulatedStarts
from tests.bench.imports import ROOT, Starts
from tests.bench.kinds import KINDS
from tests.bench.meter import MeteredTransport
from tests.bench.requests import Measured, measure
from tests.bench.services import PARAMETERS, Services
from tests.bench.world import World
from tests.support.http import Caller
from tests.support.tenant import Tenant

RESULTS = ROOT / "build" / "bench.json"


def main() -> int:
    """Measures everything and prints it as it goes. Returns the exit code."""
    started = time.monotonic()
    built = package(ROOT)
    archive = built / "deployment.zip"
    _say("Starting DynamoDB and KMS in another process, importing the handlers ...\n")
    with Services() as services:
        os.environ.update(services.environment)
        issuer = services.environment["ISSUER"]
        template = read_template(parameters=PARAMETERS, address=issuer)
        transport = MeteredTransport(template, issuer)
        world = _world(transport)
        measured = _measure_requests(world, transport, services)
        _say(f"\nStarting {len(template.functions)} functions and an empty one, each many times ...\n")
        starts = _measure_starts(world, template, services.environment, built)
    _say(report.starts_table(starts))
    report.write_json(RESULTS, measured, starts, archive)
    over = [one.kind.name for one in measured if one.over_budget]
    size = archive.stat().st_size / 1_000_000
    _say(f"\nThe zip has {size:.1f} MB, {unzipped_size(archive) / 1_000_000:.1f} MB unzipped.")
    _say(f"{time.monotonic() - started:.0f} s. The figures are in {RESULTS.relative_to(ROOT)}.")
    _say("> is over its aim: compare on an idle machine.")
    _say(f"Over budget: {', '.join(over)}." if over else "Every request is within its budget of calls.")
    return 1 if over else 0


def _world(transport: MeteredTransport) -> World:
    tenant = Tenant()
    tenant.resource_server()
    return World(Caller(transport), tenant)


def _measure_requests(world: World, transport: MeteredTransport, services: Services) -> list[Measured]:
    _say(report.requests_head())
    found = []
    for kind in KINDS:
        found.append(measure(kind, world, transport, services))
        _say(report.request_line(found[-1]))
    return found


def _measure_starts(
    world: World, template: Template, environment: dict[str, str], built: Path
) -> report.Starts:
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        aws = {name: value for name, value in environment.items() if name.startswith("AWS_")}
        expanded = read_template(built / "expanded.yaml", parameters=PARAMETERS, address=world.caller.issuer)
        emulated_empty, emulated = EmulatedStarts(ROOT, built, here / "home", expanded, aws).measure(world)
        starts = Starts(environment, here)
        functions = {one.endpoint: starts.of(one.handler) for one in template.functions}
        return report.Starts(starts.empty(), functions, emulated_empty, emulated)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
