"""Rotations while KMS or DynamoDB fail, on a real socket: what was begun, a later run finishes."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.key_schedule import LEASE_SECONDS
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.faults import FaultyService, Kind
from tests.support.key_world import BEGIN, DAY, KeyWorld, key_world, sign

DUE = BEGIN + 89 * DAY
OVER = DUE + 10 * DAY
KMS_OPERATIONS = ("GetKeyPolicy", "CreateKey", "GetPublicKey", "DisableKey", "ScheduleKeyDeletion")


@pytest.fixture(scope="module")
def kms(stack: LocalStack) -> Iterator[FaultyService]:
    with (
        FaultyService(stack.kms_endpoint) as kms,
        changed_environment(AWS_ENDPOINT_URL_KMS=kms.endpoint),
    ):
        yield kms


@pytest.fixture
def world(stack: LocalStack, kms: FaultyService) -> Iterator[KeyWorld]:
    del kms
    with key_world(stack) as made:
        made.run()
        yield made


@pytest.mark.parametrize("kind", ["throttled", "lost", "unavailable"])
@pytest.mark.parametrize("operation", KMS_OPERATIONS)
def test_a_failing_call_of_kms_orphans_nothing_and_is_made_up_for(
    world: KeyWorld, kms: FaultyService, operation: str, kind: Kind
) -> None:
    for now in (DUE, OVER, OVER + 90 * DAY, OVER + 100 * DAY):
        world.now = now
        with kms.failing(kind, operation), suppress(TemporarilyUnavailable):
            world.run()
        sign(world.ring(), "ES256", "RS256")
        world.now += LEASE_SECONDS
        world.run()
        assert not world.orphans()
        assert not world.key_set().intents
    assert len(world.in_kms()) == 6
    # All but the keys in use are at their end.
    assert [key.state for key in world.in_kms()[:4]] == ["Disabled"] * 2 + ["PendingDeletion"] * 2
    assert {key.arn for key in world.in_kms()[4:]} == {key.key_id for key in world.key_set().keys}


def test_making_a_key_is_asked_for_once(world: KeyWorld, kms: FaultyService) -> None:
    world.now = DUE
    kms.calls.clear()
    with kms.failing("lost", "CreateKey"), pytest.raises(TemporarilyUnavailable):
        world.run()
    assert kms.calls.count("CreateKey") == 1
    # It was made all the same: found by its tag, not made again.
    world.now += LEASE_SECONDS
    world.run()
    assert len(world.in_kms()) == 4
    assert not world.orphans()
