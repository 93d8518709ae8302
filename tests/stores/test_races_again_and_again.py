"""The same races many times over: what is lost once in a hundred is lost every day.

A few of each over the embedded DynamoDB, which is slow; all of them with --many-races.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import pytest

from chalicelib.aws.requests import AssertionStore
from chalicelib.protocol.grant import Grant, Refused
from tests.stores.fresh import NOW, active, approved, grants, name, redemption, rotation, table

THREADS = 8
PATIENCE = 60

Result = TypeVar("Result")


@dataclass(frozen=True)
class Counts:
    """How many of each are raced for."""

    codes: int
    refresh_tokens: int
    assertions: int


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Counts:
    return Counts(200, 200, 1000) if request.config.getoption("--many-races") else Counts(5, 5, 20)


def race(act: Callable[[int], Result], *, times: int) -> list[list[Result]]:
    """By number, what each of THREADS threads got that did this with the same number at once."""
    barrier = threading.Barrier(THREADS)

    def run(_: int) -> list[Result]:
        got = []
        try:
            for number in range(times):
                barrier.wait(PATIENCE)
                got.append(act(number))
        except BaseException:
            barrier.abort()  # the others wait for this one no longer
            raise
        return got

    with ThreadPoolExecutor(THREADS) as pool:
        return [list(results) for results in zip(*pool.map(run, range(THREADS)), strict=True)]


def check_one_won(outcomes: Sequence[Grant | Refused | None], grant: Grant) -> Grant:
    """One got the grant, and what it got was kept and is what all others were shown."""
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
    assert [outcome for outcome in outcomes if outcome is not winner] == [Refused(winner)] * (THREADS - 1)
    assert grants().get(grant.grant_id) == winner
    return winner


def test_every_code_is_redeemed_once(counts: Counts) -> None:
    made = [approved() for _ in range(counts.codes)]
    for grant in made:
        assert grants().create(grant)
    raced = race(lambda number: grants().redeem(redemption(made[number])), times=counts.codes)
    for outcomes, grant in zip(raced, made, strict=True):
        assert check_one_won(outcomes, grant).generation == 1


def test_every_refresh_token_is_rotated_once(counts: Counts) -> None:
    made = [active() for _ in range(counts.refresh_tokens)]
    raced = race(
        lambda number: grants().rotate(rotation(made[number], successor_hash=name())),
        times=counts.refresh_tokens,
    )
    for outcomes, grant in zip(raced, made, strict=True):
        assert check_one_won(outcomes, grant).generation == grant.generation + 1


def test_every_assertion_is_used_once(counts: Counts) -> None:
    store, made = AssertionStore(table("Requests")), [name() for _ in range(counts.assertions)]
    raced = race(
        lambda number: store.use(client_id="a", jti=made[number], attempt=name(), exp=NOW + 60, now=NOW),
        times=counts.assertions,
    )
    assert [used.count(True) for used in raced] == [1] * counts.assertions
