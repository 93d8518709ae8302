"""Measuring the kinds of requests, one after the other."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles

from tests.bench.kinds import Kind
from tests.bench.meter import Cpu, MeteredTransport
from tests.bench.services import Services
from tests.bench.wire import Calls
from tests.bench.world import World

MIN_REPETITIONS = 8
MAX_REPETITIONS = 200
SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds: the median, and the quarter and three quarters below which the others are."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        low, _, high = quantiles(values, n=4)
        return cls(low, median(values), high)


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind: the most calls any of its requests made, and its CPU time."""

    kind: Kind
    calls: Calls
    total: Spread
    without_aws: Spread
    repetitions: int

    @property
    def over_budget(self) -> bool:
        return not self.calls.within(self.kind.budget)


def measure(kind: Kind, world: World, transport: MeteredTransport, services: Services) -> Measured:
    """Warm: what is kept by an instance was read before."""
    kind.prepare(world).by(world.caller)
    cpu: list[Cpu] = []
    calls: list[Calls] = []
    for _ in _repetitions():
        sending = kind.prepare(world)
        services.take()
        sending.by(world.caller)
        cpu.append(transport.cpu)
        calls.append(Calls.of(services.take()))
    return Measured(
        kind=kind,
        calls=median_calls(calls),
        total=Spread.of([one.total for one in cpu]),
        without_aws=Spread.of([one.without_aws for one in cpu]),
        repetitions=len(cpu),
    )


def median_calls(calls: list[Calls]) -> Calls:
    """The usual request's: once a minute one reads the records again that it keeps."""
    return Calls(
        dynamodb=round(median(one.dynamodb for one in calls)),
        kms_sign=round(median(one.kms_sign for one in calls)),
        kms_get_public_key=round(median(one.kms_get_public_key for one in calls)),
        kms_encrypt=round(median(one.kms_encrypt for one in calls)),
        kms_decrypt=round(median(one.kms_decrypt for one in calls)),
        invocations=round(median(one.invocations for one in calls)),
        other=round(median(one.other for one in calls)),
    )


def _repetitions() -> Iterator[int]:
    end = time.monotonic() + SECONDS
    for number in range(MAX_REPETITIONS):
        if number >= MIN_REPETITIONS and time.monotonic() > end:
            return
        yield number
