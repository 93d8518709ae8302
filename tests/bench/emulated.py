"""What a start costs where it counts: INIT and the first request under AWS's emulator and Python runtime,
of the package as it is deployed, beside a handler that does nothing.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.resources import Function, Template
from infra.stack.emulator import emulator
from infra.stack.function_pool import lambda_environment
from infra.stack.instance import Deployment, Instance, InvocationError
from infra.stack.package import unzip
from tests.bench.kinds import KINDS, Kind
from tests.bench.sending import Sending
from tests.bench.world import World
from tests.support.http import function_at, lambda_event

EMPTY = "empty"
SECONDS = 30.0
MIN_ROUNDS = 8
MAX_ROUNDS = 25
_HANDLER = "def handler(event, context):\n    return {}\n"


@dataclass(frozen=True, slots=True)
class EmulatedStart:
    """Milliseconds, the least of all rounds: what else the machine does only ever adds to them. `first_ms`
    is None for a function nobody sends requests.
    """

    init_ms: float
    first_ms: float | None


@dataclass(slots=True)
class _Rounds:
    init: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)

    def least(self) -> EmulatedStart:
        return EmulatedStart(min(self.init), min(self.first, default=None))


class EmulatedStarts:
    """Starts every function of `template` in turn, again and again: what else the machine does falls on all.

    `aws` are the variables by which functions find AWS. `home` is where the package is unzipped to.
    """

    def __init__(
        self, root: Path, package: Path, home: Path, template: Template, aws: Mapping[str, str]
    ) -> None:
        unzip(package, home)
        (home / f"{EMPTY}.py").write_text(_HANDLER, encoding="utf-8")
        self._deployment = Deployment(emulator(root), home)
        self._template = template
        self._aws = aws

    def measure(self, world: World) -> tuple[EmulatedStart, dict[str, EmulatedStart]]:
        """The handler that does nothing, and every function by its endpoint's stem."""
        empty = Function(logical_id="Empty", handler=f"{EMPTY}.handler", environment={}, timeout=15)
        functions = (empty, *self._template.functions)
        kinds = self._kinds(world)
        found = {function.logical_id: _Rounds() for function in functions}
        for _ in _rounds():
            for function in functions:
                kind = kinds.get(function.logical_id)
                sending = kind.prepare(world) if kind else None
                with _ahead_of_others():
                    instance = self._asked(function, sending, world.caller.issuer)
                if instance.init_ms is not None:
                    found[function.logical_id].init.append(instance.init_ms)
                if kind and instance.first_invoke_ms is not None:
                    found[function.logical_id].first.append(instance.first_invoke_ms)
        return found["Empty"].least(), {
            function.endpoint: found[function.logical_id].least() for function in self._template.functions
        }

    def _asked(self, function: Function, sending: Sending | None, issuer: str) -> Instance:
        """An instance that was asked once, and ended."""
        environment = {
            **lambda_environment(function, self._deployment),
            **function.environment,
            **self._aws,
        }
        instance = Instance(function, self._deployment, environment, lambda _line: None)
        try:
            answer = instance.invoke(_event(sending, issuer) if sending else {})
            assert sending is None or answer["statusCode"] == sending.status, (function.logical_id, answer)
        except InvocationError:
            # What is no endpoint may not like an empty event. It was started all the same.
            if sending:
                raise
        finally:
            instance.close()
        return instance

    def _kinds(self, world: World) -> dict[str, Kind]:
        """The first kind of request that each function answers."""
        found: dict[str, Kind] = {}
        for kind in KINDS:
            path = kind.prepare(world).target.partition("?")[0]
            found.setdefault(function_at(path, self._template).logical_id, kind)
        return found


def _event(sending: Sending, issuer: str) -> dict[str, Any]:
    path, _, query = sending.target.partition("?")
    return lambda_event(
        sending.method,
        path,
        query=query,
        headers={"host": issuer.partition("//")[2], **sending.headers},
        cookies=[f"{name}={value}" for name, value in sending.cookies.items()],
        body=sending.body,
    )


@contextmanager
def _ahead_of_others() -> Iterator[None]:
    """What is started here goes before all else on the machine, where this user may say so: Linux, as root.
    Niceness would not do: it counts within a session, and each instance has its own.
    """
    if not hasattr(os, "sched_setscheduler"):
        yield
        return
    usual = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(os.sched_get_priority_min(os.SCHED_RR)))
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setscheduler(0, *usual)


def _rounds() -> Iterator[int]:
    end = time.monotonic() + SECONDS
    for number in range(MAX_ROUNDS):
        if number >= MIN_ROUNDS and time.monotonic() > end:
            return
        yield number
