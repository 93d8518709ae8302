"""Rotations that break off anywhere, or run beside each other: nothing is made twice, lost or left out."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.protocol.key_schedule import LEASE_SECONDS
from infra.local.stack import LocalStack
from tests.support.key_world import BEGIN, DAY, KeyWorld, key_world, sign
from tests.support.race import at_once

DUE = BEGIN + 89 * DAY
# When the keys that are due at DUE have signed for long enough that those before them are at their end.
OVER = DUE + 10 * DAY
MANY = 6


class Crash(Exception):
    """The function ended: out of time, out of memory."""


class Breaking:
    """Ends the function right after call number `at` of its adapters: as if before the next one, too."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.calls = 0

    def around(self, adapter: Any) -> Any:
        breaking = self

        class Around:
            def __getattr__(self, name: str) -> Any:
                def call(*args: Any, **kwargs: Any) -> Any:
                    answer = getattr(adapter, name)(*args, **kwargs)
                    breaking.calls += 1
                    if breaking.calls == breaking.at:
                        raise Crash
                    return answer

                return call

        return Around()


@pytest.fixture
def world(stack: LocalStack) -> Iterator[KeyWorld]:
    with key_world(stack) as made:
        made.run()
        yield made


def whole(world: KeyWorld) -> None:
    """Two keys more, in use, those before them ended, and nothing besides."""
    assert len(world.in_kms()) == 4
    assert not world.orphans()
    key_set = world.key_set()
    assert sorted(key.kty for key in key_set.keys) == ["EC", "RSA"]
    assert (key_set.intents, key_set.discarded) == ((), ())
    assert {key.state for key in world.in_kms()[:2]} == {"Disabled"}
    assert {key.state for key in world.in_kms()[2:]} == {"Enabled"}
    sign(world.ring(), "ES256", "RS256")


@pytest.mark.parametrize("begin", [DUE, OVER], ids=["making", "ending"])
def test_a_run_that_ends_at_any_call_is_finished_by_the_next(stack: LocalStack, begin: int) -> None:
    for at in itertools.count(1):
        with key_world(stack) as world:
            world.run()
            world.now = DUE
            if begin == OVER:
                world.run()
                world.now = OVER
            breaking = Breaking(at)
            try:
                world.run(ports=world.ports(breaking.around))
            except Crash:
                crashed = True
            else:
                crashed = False
            # A run at once leaves alone what may still be going on; the next scheduled one does not.
            world.run()
            sign(world.ring(), "ES256", "RS256")
            world.now += LEASE_SECONDS
            world.run()
            world.now = max(world.now, OVER + LEASE_SECONDS)
            world.run()
            whole(world)
            if not crashed:
                assert breaking.calls > 3
                return


def test_a_revocation_that_ends_at_any_call_is_finished_by_the_next_run(stack: LocalStack) -> None:
    for at in itertools.count(1):
        with key_world(stack) as world:
            world.run()
            before = {key.kid for key in world.ring().verification_keys()}
            breaking = Breaking(at)
            try:
                world.run("revoke", ports=world.ports(breaking.around))
            except Crash:
                crashed = True
            else:
                crashed = False
            sign(world.ring(), "ES256", "RS256")
            world.now += LEASE_SECONDS
            # Where it ended before anything was written, the operator, who was told, says it again.
            begun = bool(world.key_set().intents) or world.key_set().keys[-1].key_id != world.first[-1].key_id
            world.run("advance" if begun else "revoke")
            assert not before & {key.kid for key in world.ring().verification_keys()}
            whole(world)
            if not crashed:
                return


def test_of_runs_at_the_same_time_one_makes_each_key(world: KeyWorld) -> None:
    for round_ in range(3):
        world.now = DUE + round_ * 95 * DAY
        at_once(world.run, MANY)
        assert len(world.in_kms()) == 2 + 2 * (round_ + 1)
    assert not world.orphans()


def test_of_first_runs_at_the_same_time_one_writes_the_record(stack: LocalStack) -> None:
    with key_world(stack) as world:
        answers = at_once(world.run, MANY)
        assert len(world.in_kms()) == 2
        assert len({str(answer["keys"]) for answer in answers}) == 1


def test_of_revocations_at_the_same_time_every_one_is_done_and_the_last_keys_sign(world: KeyWorld) -> None:
    before = {key.kid for key in world.ring().verification_keys()}
    at_once(lambda: world.run("revoke"), 3)
    world.run()
    now = {key.kid for key in world.ring().verification_keys()}
    assert not now & before
    assert not world.orphans()
    assert not world.key_set().discarded
    sign(world.ring(), "ES256", "RS256")


def test_a_run_beside_one_that_is_making_a_key_leaves_it_alone(world: KeyWorld) -> None:
    world.now = DUE
    with pytest.raises(Crash):
        # Broken off with the key made and not yet written down.
        world.run(ports=world.ports(Breaking(3).around))
    assert len(world.in_kms()) == 3
    world.now += LEASE_SECONDS - 1
    world.run()
    (intent,) = world.key_set().intents
    assert intent.kty == "EC"
    (orphan,) = world.orphans()
    world.now += 1
    world.run()
    assert orphan.arn in {key.key_id for key in world.key_set().keys}
    assert not world.orphans()
