"""The port Attempts: free ones, then ever longer waits, and never for ever."""

import pytest

from chalicelib.accounts.attempts import DELAY_STEP, FORGET_AFTER, MAX_DELAY, AttemptKey
from chalicelib.aws.attempts import AttemptStore
from tests.stores.fresh import NOW, name, table
from tests.support.tenant import Table

FREE = 3


@pytest.fixture
def attempts() -> AttemptStore:
    return AttemptStore(table("Requests"))


@pytest.fixture
def key() -> AttemptKey:
    return AttemptKey(f"login_attempts#{name()}", FREE, shared=False)


def test_free_attempts_do_not_wait_and_the_next_ones_do(attempts: AttemptStore, key: AttemptKey) -> None:
    assert [attempts.begin(key, now=NOW) for _ in range(FREE)] == [0] * FREE
    wait = attempts.begin(key, now=NOW)
    assert wait == FREE * DELAY_STEP


def test_who_waits_may_try_once_and_then_waits_longer(attempts: AttemptStore, key: AttemptKey) -> None:
    now, waits = NOW, []
    for _ in range(FREE + 6):
        wait = attempts.begin(key, now=now)
        if wait:
            waits.append(wait)
            assert attempts.begin(key, now=now + wait - 1) == 1
            now += wait
            assert attempts.begin(key, now=now) == 0
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_a_refused_attempt_counts_nothing(attempts: AttemptStore, key: AttemptKey) -> None:
    for _ in range(FREE):
        attempts.begin(key, now=NOW)
    before = Table(table("Requests")).find(id=key.key)
    assert attempts.begin(key, now=NOW) > 0
    assert Table(table("Requests")).find(id=key.key) == before


def test_nobody_waits_longer_than_the_longest(attempts: AttemptStore, key: AttemptKey) -> None:
    now = NOW
    for _ in range(100):
        now += attempts.begin(key, now=now)
    assert attempts.begin(key, now=now) <= MAX_DELAY
    assert attempts.begin(key, now=now + MAX_DELAY) == 0


def test_a_right_password_takes_its_attempt_back_or_all(attempts: AttemptStore, key: AttemptKey) -> None:
    for _ in range(FREE * 3):
        assert attempts.begin(key, now=NOW) == 0
        attempts.take_back(key)
    for _ in range(FREE):
        attempts.begin(key, now=NOW)
    attempts.forget(key)
    assert [attempts.begin(key, now=NOW) for _ in range(FREE)] == [0] * FREE


def test_taking_back_what_was_not_counted_gives_nobody_more(attempts: AttemptStore, key: AttemptKey) -> None:
    attempts.take_back(key)
    attempts.begin(key, now=NOW)
    for _ in range(5):
        attempts.take_back(key)
    assert [attempts.begin(key, now=NOW) for _ in range(FREE)] == [0] * FREE
    assert attempts.begin(key, now=NOW) > 0
    attempts.forget(key)
    attempts.forget(key)


def test_attempts_of_long_ago_are_forgotten_though_not_swept(attempts: AttemptStore, key: AttemptKey) -> None:
    for _ in range(FREE):
        attempts.begin(key, now=NOW)
    late = NOW + FORGET_AFTER
    assert [attempts.begin(key, now=late) for _ in range(FREE)] == [0] * FREE
    assert attempts.begin(key, now=late) > 0
