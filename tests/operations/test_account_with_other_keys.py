"""KMS as it is in an account: slow to let a new key be used by its tags, and full of keys of others."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from chalicelib.aws.key_administration import NONCE_TAG, STACK_TAG
from chalicelib.composition.rotation import TRIES
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.key_schedule import LEASE_SECONDS
from chalicelib.protocol.signing_keys import ANNOUNCED_SECONDS, RECORD_CACHE_SECONDS, SETTLING_SECONDS
from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse, LoopbackServer
from infra.local.kms import EmbeddedKms
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.key_world import KeyWorld, key_world, sign

DENIED = HttpResponse(400, (), b'{"__type": "AccessDeniedException", "message": "No."}')


@dataclass
class Account:
    """In front of the embedded KMS: uses of keys the rotation made are denied `denials` times more, keys of
    no stack always; a list comes in pages of two.
    """

    kms: EmbeddedKms
    denials: int = 0
    denied: int = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        operation = str(request.header("x-amz-target")).rpartition(".")[2]
        body = json.loads(request.body)
        if operation == "ListKeys":
            body["Limit"] = 2
            return self.kms(replace(request, body=json.dumps(body).encode()))
        key = next((one for one in self.kms.all_keys() if one.arn == body.get("KeyId")), None)
        others = key is not None and STACK_TAG not in key.tags
        made = key is not None and NONCE_TAG in key.tags and operation in {"GetPublicKey", "Sign"}
        if others or (made and self.denials > 0):
            self.denials -= made
            self.denied += 1
            return DENIED
        return self.kms(request)


@pytest.fixture
def account(stack: LocalStack) -> Iterator[Account]:
    account = Account(stack.kms)
    with (
        closing(LoopbackServer().start(account)) as server,
        changed_environment(AWS_ENDPOINT_URL_KMS=f"http://127.0.0.1:{server.port}"),
    ):
        yield account


@pytest.fixture
def world(stack: LocalStack, account: Account) -> Iterator[KeyWorld]:
    del account
    with key_world(stack) as made:
        made.run()
        yield made


def test_a_new_key_is_waited_for_and_then_signs(world: KeyWorld, account: Account) -> None:
    account.denials = 3
    world.run("revoke", kty=["EC"])
    assert account.denied == 3
    assert world.key_set().keys[-1].kid
    sign(world.ring(), "ES256")


def test_an_emergency_does_not_wait_for_ever(world: KeyWorld, account: Account) -> None:
    account.denials = TRIES + 2
    world.run("revoke", kty=["EC"])
    assert world.key_set().keys[-1].kid is None
    assert world.in_kms()[0].state == "Disabled"
    with pytest.raises(TemporarilyUnavailable):
        sign(world.ring(), "ES256")
    assert sign(world.ring(), "ES256", "RS256")
    account.denials = 1
    (listed,) = [key for key in world.run("list")["keys"] if key["kty"] == "EC"]
    assert listed["kid"] is None


def test_a_new_key_that_cannot_be_read_yet_hides_no_other(world: KeyWorld, account: Account) -> None:
    world.run("rotate", kty=["EC"])
    world.now += SETTLING_SECONDS
    account.denials = 1
    ring = world.ring()
    assert len(ring.verification_keys()) == 2
    world.now += RECORD_CACHE_SECONDS
    assert len(ring.verification_keys()) == 3
    world.now += ANNOUNCED_SECONDS
    assert ring.find(world.key_set().keys[-1].kid or "")
    sign(ring, "ES256")


def test_what_an_earlier_run_made_is_found_among_the_keys_of_others(
    world: KeyWorld, account: Account
) -> None:
    others = [account.kms.create_key("ECC_NIST_P256", tags={"team": "another"}) for _ in range(3)]
    world.run("rotate", kty=["EC"])
    made = world.in_kms()[-1]
    # As if it had ended right after the key was made.
    before = world.key_set()
    assert before.keys[-1].key_id == made.arn
    intent = {"nonce": made.tags[NONCE_TAG], "kty": "EC", "since": world.now}
    world.rewrite(keys=before.keys[:-1], intents=[intent])
    account.kms.create_key("ECC_NIST_P256", tags={**made.tags, STACK_TAG: "keyturn-another"})
    world.now += LEASE_SECONDS
    world.run()
    assert world.key_set().keys[-1].key_id == made.arn
    assert not world.orphans()
    assert {key.state for key in others} == {"Enabled"}


def test_of_two_keys_for_one_intent_one_is_used_and_the_other_ended(
    world: KeyWorld, account: Account
) -> None:
    twins = [
        account.kms.create_key("ECC_NIST_P256", tags={STACK_TAG: world.name, NONCE_TAG: "twice"})
        for _ in "ab"
    ]
    intent = {"nonce": "twice", "kty": "EC", "since": world.now}
    world.rewrite(keys=world.key_set().keys, intents=[intent])
    world.now += LEASE_SECONDS
    world.run()
    assert sorted(key.state for key in twins) == ["Enabled", "PendingDeletion"]
    assert not world.orphans()
