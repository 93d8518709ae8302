"""Devices, people and guesses at once: one conditional write is the lock."""

from chalicelib.accounts.attempts import begin_user_code, user_code_keys
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.user_codes import UserCodeStore
from chalicelib.protocol.grant import Grant, Refused
from chalicelib.protocol.user_code import ReservedCode
from tests.stores.fresh import (
    NOW,
    approval_of,
    device_decisions,
    device_grants,
    name,
    pending,
    poll_of,
    table,
)
from tests.stores.test_races import at_once


def test_of_many_polls_of_an_approved_grant_one_redeems_it_and_all_others_see_it() -> None:
    grant = pending()
    device_decisions().approve(approval_of(grant))
    outcomes = at_once(lambda _: device_grants().poll(poll_of(grant)))
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
    assert all(outcome == Refused(winner) for outcome in outcomes if outcome is not winner)
    assert device_grants().get(grant.grant_id) == winner


def test_of_many_polls_of_a_pending_grant_one_comes_in_time() -> None:
    grant = pending()
    outcomes = at_once(lambda _: device_grants().poll(poll_of(grant)))
    assert len([outcome for outcome in outcomes if isinstance(outcome, Grant)]) == 1


def test_of_many_approvals_one_persons_stands() -> None:
    grant = pending()
    outcomes = at_once(lambda number: device_decisions().approve(approval_of(grant, sub=f"person-{number}")))
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
    assert all(outcome == Refused(winner) for outcome in outcomes if outcome is not winner)


def test_of_approvals_and_denials_one_stands() -> None:
    grant = pending()

    def decide(number: int) -> Grant | Refused:
        if number % 2:
            return device_decisions().deny(grant.grant_id, approval=name(), now=NOW + 1)
        return device_decisions().approve(approval_of(grant))

    outcomes = at_once(decide)
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
    assert device_grants().get(grant.grant_id) == winner
    assert winner.state in {"approved", "revoked"}


def test_a_grant_is_never_redeemed_and_denied() -> None:
    """Polls, approvals and denials together: in the end it was either allowed, and redeemed once, or not."""
    grant = pending()

    def act(number: int) -> Grant | Refused:
        if number % 3 == 0:
            return device_decisions().approve(approval_of(grant))
        if number % 3 == 1:
            return device_decisions().deny(grant.grant_id, approval=name(), now=NOW + 1)
        return device_grants().poll(poll_of(grant))

    outcomes = [outcome for outcome in at_once(act) if isinstance(outcome, Grant)]
    decided = [outcome for outcome in outcomes if outcome.state in {"approved", "revoked"}]
    redeemed = [outcome for outcome in outcomes if outcome.state == "active"]
    assert len(decided) == 1
    assert len(redeemed) <= (decided[0].state == "approved")


def test_of_many_grants_one_gets_a_user_code() -> None:
    store, code = UserCodeStore(table("Requests")), name()
    outcomes = at_once(lambda _: store.reserve(code, ReservedCode(grant_id=name()), exp=NOW + 600, now=NOW))
    assert outcomes.count(True) == 1


def test_of_many_guesses_at_once_only_the_free_ones_go_on() -> None:
    store, keys = AttemptStore(table("Requests")), user_code_keys(name(), source_ip=name())
    waits = at_once(lambda _: begin_user_code(store, keys, now=NOW)[0])
    assert waits.count(0) == keys.person.free
