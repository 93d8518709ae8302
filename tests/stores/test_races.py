"""Many at once: one conditional write is the lock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from chalicelib.accounts.attempts import AttemptKey
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.requests import AssertionStore
from chalicelib.protocol.grant import Grant, Refused
from chalicelib.record import replace
from tests.stores.fresh import NOW, active, approved, grants, name, redemption, rotation, table

MANY = 50

Result = TypeVar("Result")


def at_once(act: Callable[[int], Result]) -> list[Result]:
    """What each of MANY threads gets, all let go together."""
    barrier = threading.Barrier(MANY)

    def begin(number: int) -> Result:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(begin, range(MANY)))


def test_of_many_redemptions_of_one_code_one_succeeds_and_all_others_see_it() -> None:
    store, grant = grants(), approved()
    store.create(grant)
    outcomes = at_once(lambda _: store.redeem(redemption(grant)))
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
    assert all(outcome == Refused(winner) for outcome in outcomes if outcome is not winner)
    assert store.get(grant.grant_id) == winner


def test_of_many_rotations_of_one_token_one_succeeds_and_all_others_see_it() -> None:
    store, grant = grants(), active()
    outcomes = at_once(lambda number: store.rotate(rotation(grant, successor_hash=f"hash of {number}")))
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
    assert all(outcome == Refused(winner) for outcome in outcomes if outcome is not winner)
    assert store.get(grant.grant_id) == winner
    assert winner.generation == 2


def test_of_many_uses_of_one_assertion_one_succeeds() -> None:
    store, jti = AssertionStore(table("Requests")), name()
    used = at_once(lambda _: store.use(client_id="a", jti=jti, attempt=name(), exp=NOW + 60, now=NOW))
    assert used.count(True) == 1


def test_of_many_uses_of_an_assertion_whose_name_had_expired_one_succeeds() -> None:
    store, jti = AssertionStore(table("Requests")), name()
    store.use(client_id="a", jti=jti, attempt=name(), exp=NOW, now=NOW - 60)
    used = at_once(lambda _: store.use(client_id="a", jti=jti, attempt=name(), exp=NOW + 60, now=NOW))
    assert used.count(True) == 1


def test_of_many_grants_of_one_interaction_one_is_made() -> None:
    store, grant = grants(), approved()
    made = at_once(lambda number: store.create(replace(grant, code_hash=f"hash of {number}")))
    assert made.count(True) == 1
    kept = store.get(grant.grant_id)
    assert kept is not None
    assert kept.code_hash == f"hash of {made.index(True)}"


def test_of_many_attempts_only_the_free_ones_go_on_at_once() -> None:
    store, key = AttemptStore(table("Requests")), AttemptKey(f"login_attempts#{name()}", 5, shared=False)
    waits = at_once(lambda _: store.begin(key, now=NOW))
    assert waits.count(0) == 5


def test_of_many_attempts_after_the_wait_one_goes_on() -> None:
    store, key = AttemptStore(table("Requests")), AttemptKey(f"login_attempts#{name()}", 1, shared=False)
    store.begin(key, now=NOW)
    later = NOW + store.begin(key, now=NOW)
    waits = at_once(lambda _: store.begin(key, now=later))
    assert waits.count(0) == 1


def test_of_many_attempts_after_all_is_forgotten_only_the_free_ones_go_on() -> None:
    store, key = AttemptStore(table("Requests")), AttemptKey(f"login_attempts#{name()}", 5, shared=False)
    for _ in range(5):
        store.begin(key, now=NOW)
    waits = at_once(lambda _: store.begin(key, now=NOW + 10_000))
    assert waits.count(0) <= 5


def test_a_grant_that_is_revoked_while_its_code_is_redeemed_is_revoked_in_the_end() -> None:
    store, grant = grants(), approved()
    store.create(grant)
    at_once(lambda number: store.redeem(redemption(grant)) if number % 2 else store.revoke(grant.grant_id))
    kept = store.get(grant.grant_id)
    assert kept is not None
    assert kept.state == "revoked"
