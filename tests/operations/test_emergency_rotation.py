"""Keys taken out before their time: at once, fresh ones in their place, and nobody signs with the old."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from chalicelib.aws.kms import KeyRing
from chalicelib.protocol.errors import ServerError, TemporarilyUnavailable
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.signing_keys import (
    ANNOUNCED_SECONDS,
    RECORD_CACHE_SECONDS,
    SETTLING_SECONDS,
    SigningKey,
)
from infra.local.stack import LocalStack
from tests.support.key_world import BEGIN, DAY, KeyWorld, key_world, sign


@pytest.fixture
def world(stack: LocalStack) -> Iterator[KeyWorld]:
    with key_world(stack) as made:
        made.run()
        yield made


def kids(ring: KeyRing) -> set[str]:
    return {key.kid for key in ring.verification_keys()}


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_taken_out_keys_leave_the_jwks_and_fresh_ones_sign(world: KeyWorld) -> None:
    before = kids(world.ring())
    answer = world.run("revoke")
    assert not kids(world.ring()) & before
    assert {key["phase"] for key in answer["keys"]} == {"signing"}
    assert (answer["making"], answer["ending"]) == ([], [])
    assert {kid_of(token) for token in sign(world.ring(), "ES256", "RS256")} == kids(world.ring())
    assert {key.state for key in world.in_kms()[:2]} == {"Disabled"}
    what = [event for event, _ in world.noted]
    assert sorted(what) == ["key_revoked", "key_revoked", "key_signing", "key_signing"]


def test_an_instance_that_still_knows_the_old_key_does_not_sign_with_it(world: KeyWorld) -> None:
    warm = world.ring()
    (before,) = sign(warm, "ES256")
    world.run("revoke", kty=["EC"])
    (after,) = sign(warm, "ES256")
    assert kid_of(after) != kid_of(before)
    assert warm.find(kid_of(after))
    assert not warm.find(kid_of(before))


def test_an_instance_that_only_verifies_forgets_the_old_key_within_a_minute(world: KeyWorld) -> None:
    warm = world.ring()
    before = kids(warm)
    world.run("revoke")
    world.now += RECORD_CACHE_SECONDS
    assert not kids(warm) & before


def test_one_algorithms_keys_are_left_where_the_others_are_taken_out(world: KeyWorld) -> None:
    rsa = kid_of(sign(world.ring(), "RS256")[0])
    world.run("revoke", kty=["EC"])
    assert kid_of(sign(world.ring(), "RS256")[0]) == rsa
    assert len(world.in_kms()) == 3


def test_the_announced_and_the_retiring_go_as_well(world: KeyWorld) -> None:
    world.now = BEGIN + 88 * DAY
    world.run()
    before = {key.key_id for key in world.key_set().keys}
    assert len(before) == 4
    world.run("revoke")
    assert not before & {key.key_id for key in world.key_set().keys}
    states = [key.state for key in world.in_kms()]
    assert states == ["Disabled", "Disabled", "PendingDeletion", "PendingDeletion", "Enabled", "Enabled"]


def test_one_key_that_does_not_sign_is_taken_out_alone(world: KeyWorld) -> None:
    signing = kid_of(sign(world.ring(), "ES256")[0])
    world.run("rotate", kty=["EC"])
    world.now += SETTLING_SECONDS
    (announced,) = [key for key in world.key_set().keys if key.kid != signing and key.kty == "EC"]
    assert announced.kid in kids(world.ring())
    world.run("revoke", keys=[announced.kid])
    assert announced.kid not in kids(world.ring())
    assert kid_of(sign(world.ring(), "ES256")[0]) == signing
    assert len(world.in_kms()) == 3
    assert world.in_kms()[-1].state == "PendingDeletion"


def test_a_key_is_named_by_its_kid_or_its_arn_and_an_unknown_one_changes_nothing(world: KeyWorld) -> None:
    before = world.key_set()
    assert world.run("revoke", keys=["nobody"]) == {"error": "There is no key nobody."}
    assert world.key_set() == before
    world.run("revoke", keys=[world.first[0].key_id])
    assert world.in_kms()[0].state == "Disabled"
    assert world.in_kms()[1].state == "Enabled"


def test_rotating_ahead_of_time_is_announced_like_any_other_and_said_twice_is_done_once(
    world: KeyWorld,
) -> None:
    signing = {kid_of(token) for token in sign(world.ring(), "ES256", "RS256")}
    world.run("rotate")
    world.run("rotate")
    assert len(world.in_kms()) == 4
    world.now += SETTLING_SECONDS
    assert len(kids(world.ring())) == 4
    world.now += ANNOUNCED_SECONDS - 1
    assert {kid_of(token) for token in sign(world.ring(), "ES256", "RS256")} == signing
    world.now += 1
    assert not {kid_of(token) for token in sign(world.ring(), "ES256", "RS256")} & signing


def test_a_new_key_is_published_only_once_kms_knows_who_may_read_it(world: KeyWorld) -> None:
    world.run("rotate")
    world.now += SETTLING_SECONDS - 1
    assert len(kids(world.ring())) == 2


def test_a_list_changes_nothing_and_knows_the_stacks_own_keys_before_the_first_run(
    stack: LocalStack,
) -> None:
    with key_world(stack) as fresh:
        answer = fresh.run("list")
        assert [(key["kty"], key["phase"]) for key in answer["keys"]] == [
            ("EC", "signing"),
            ("RSA", "signing"),
        ]
        assert {key["kid"] for key in answer["keys"]} == kids(fresh.ring())
        sign(fresh.ring(), "ES256", "RS256", "PS256")
        fresh.in_kms()[0].enabled = False
        assert [bool(key["kid"]) for key in fresh.run("list")["keys"]] == [False, True]


def test_an_unknown_command_is_refused(world: KeyWorld) -> None:
    assert "There is no command burn." in world.run("burn")["error"]


def test_a_key_disabled_by_hand_hides_no_other_and_signing_says_so(world: KeyWorld) -> None:
    world.in_kms()[0].enabled = False
    ring = world.ring()
    assert len(kids(ring)) == 1
    assert sign(ring, "RS256")
    with pytest.raises(TemporarilyUnavailable) as refused:
        sign(ring, "ES256")
    assert refused.value.reason == "signing_key_unusable"
    world.in_kms()[1].enabled = False
    with pytest.raises(TemporarilyUnavailable):
        world.ring().verification_keys()


def test_a_tenant_whose_record_was_lost_gets_fresh_keys_where_the_stacks_own_were_ended(
    stack: LocalStack,
) -> None:
    with key_world(stack) as world:
        world.in_kms()[0].enabled = False
        world.run()
        assert [key.kty for key in world.key_set().keys] == ["RSA", "EC"]
        sign(world.ring(), "ES256", "RS256")


def test_a_second_deployment_that_takes_up_the_table_goes_on_with_the_keys_in_it(world: KeyWorld) -> None:
    world.run("rotate")
    world.now += SETTLING_SECONDS + ANNOUNCED_SECONDS
    (before,) = sign(world.ring(), "ES256")
    # The new stack has keys of its own, for which nothing speaks.
    made = world.stack.kms.create_key("ECC_NIST_P256", tags=world.in_kms()[0].tags)
    world.first = (SigningKey(key_id=made.arn, kty="EC"), world.first[1])
    world.run()
    assert kid_of(sign(world.ring(), "ES256")[0]) == kid_of(before)
    assert world.ring().find(kid_of(before))
    assert made.arn not in {key.key_id for key in world.key_set().keys}


@pytest.fixture
def with_eddsa(stack: LocalStack) -> Iterator[KeyWorld]:
    with key_world(stack, eddsa=True) as made:
        made.run()
        yield made


def test_a_tenant_that_had_eddsa_goes_on_with_its_key_and_makes_no_other(with_eddsa: KeyWorld) -> None:
    world = with_eddsa
    (before,) = sign(world.ring(), "EdDSA")
    world.eddsa = False
    for _ in range(40):
        world.now += 10 * DAY
        world.run()
    assert kid_of(sign(world.ring(), "EdDSA")[0]) == kid_of(before)
    assert len([key for key in world.in_kms() if key.key_spec == "ECC_NIST_EDWARDS25519"]) == 1
    assert world.run("rotate", kty=["OKP"]) == {"error": "This tenant has no such keys: EdDsaKey is off."}
    world.run("revoke", keys=[kid_of(before)])
    with pytest.raises(ServerError) as refused:
        sign(world.ring(), "EdDSA")
    assert refused.value.reason == "signing_key_missing"
    assert kid_of(before) not in kids(world.ring())
    assert {key.kty for key in world.key_set().keys} == {"EC", "RSA"}


def test_eddsa_switched_on_later_gets_its_key_at_the_next_run(world: KeyWorld) -> None:
    world.eddsa = True
    world.run()
    (token,) = sign(world.ring(), "EdDSA")
    assert kid_of(token) in kids(world.ring())


def test_what_is_too_long_for_eddsa_is_refused_and_no_digest_signed(with_eddsa: KeyWorld) -> None:
    token = UnsignedToken(alg="EdDSA", typ="JWT", claims={"name": "a" * 4_000})
    with pytest.raises(ServerError) as refused:
        with_eddsa.ring().sign([token])
    assert refused.value.reason == "token_too_long"


class NoSuchSpecError(Exception):
    """KMS refused the key spec."""


class WithoutEd25519:
    """The administration of keys in a region that has no such key specs."""

    def __init__(self, adapter: Any) -> None:
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def make(self, kty: str, *, nonce: str) -> Any:
        if kty == "OKP":
            raise NoSuchSpecError
        return self._adapter.make(kty, nonce=nonce)


def test_where_kms_has_no_ed25519_the_other_keys_are_rotated_all_the_same(world: KeyWorld) -> None:
    world.eddsa = True
    ports = world.ports(WithoutEd25519)
    before = kids(world.ring())
    for _ in range(2):
        world.now += 95 * DAY
        with pytest.raises(NoSuchSpecError):
            world.run(ports=ports)
    assert not before & kids(world.ring())
    assert {kid_of(token) for token in sign(world.ring(), "ES256", "RS256")} <= kids(world.ring())
