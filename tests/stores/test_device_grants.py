"""The ports NewDeviceGrants, DeviceDecisions and DeviceCodeGrants, and those of user codes."""

from typing import Any

import pytest

from chalicelib.aws.grants import PURGE_AFTER
from chalicelib.aws.session_grants import SessionGrantStore
from chalicelib.aws.user_codes import UserCodeStore
from chalicelib.protocol.grant import Grant, Refused
from chalicelib.protocol.user_code import ReservedCode
from chalicelib.record import replace
from tests.stores.fresh import (
    NOW,
    approval_of,
    device_decisions,
    device_grants,
    grants,
    name,
    pending,
    poll_of,
    redemption,
    table,
)
from tests.support.tenant import Table


def item(grant: Grant) -> dict[str, Any]:
    return Table(table("Grants")).find(grant_id=grant.grant_id)


def kept(grant: Grant) -> Grant | None:
    return device_grants().get(grant.grant_id)


def approved(**changes: Any) -> Grant:
    grant = device_decisions().approve(approval_of(pending(), **changes))
    assert isinstance(grant, Grant)
    return grant


def test_a_grant_that_is_nobodys_is_kept_as_it_was_made() -> None:
    grant = pending()
    assert kept(grant) == grant
    assert "sub" not in item(grant)
    assert item(grant)["purge_at"] == grant.code_exp + PURGE_AFTER
    device_decisions().start(grant)
    assert kept(grant) == grant


def test_a_poll_of_a_pending_grant_moves_the_next_and_nothing_that_counts() -> None:
    grant = pending()
    polled = device_grants().poll(poll_of(grant))
    assert isinstance(polled, Grant)
    assert (polled.state, polled.exp, polled.interval) == ("pending", grant.exp, 5)
    # A second sooner than the interval has it: clocks are read in whole seconds.
    assert polled.next_poll_at == NOW + 1 + 5 - 1
    assert not polled.refreshable


def test_the_poll_may_come_a_second_early_and_not_two() -> None:
    grant = pending()
    first = device_grants().poll(poll_of(grant))
    assert isinstance(first, Grant)
    assert device_grants().poll(poll_of(grant, now=NOW + 1 + 3)) == Refused(first)
    assert isinstance(device_grants().poll(poll_of(grant, now=NOW + 1 + 4)), Grant)


def test_slowing_down_is_kept_for_all_later_polls() -> None:
    grant = pending()
    device_grants().poll(poll_of(grant))
    device_grants().slow_down(poll_of(grant, now=NOW + 2))
    slower = kept(grant)
    assert slower is not None
    assert (slower.interval, slower.next_poll_at) == (10, NOW + 2 + 10 - 1)
    third = device_grants().poll(poll_of(grant, now=NOW + 11))
    assert isinstance(third, Grant)
    assert (third.interval, third.next_poll_at) == (10, NOW + 11 + 10 - 1)


WRONG: dict[str, dict[str, Any]] = {
    "another code": {"device_code_hash": "another"},
    "another client": {"client_id": "client-b"},
    "the second it expires": {"now": NOW + 600},
    "long after": {"now": NOW + 100_000},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_poll_in_which_anything_is_wrong_changes_nothing(case: str) -> None:
    for grant in (pending(), approved()):
        poll = poll_of(grant, **WRONG[case])
        assert device_grants().poll(poll) == Refused(grant)
        device_grants().slow_down(poll)
        assert kept(grant) == grant


def test_what_is_not_there_is_not_made() -> None:
    grant = Grant(**{**vars(pending()), "grant_id": name()})
    assert device_grants().poll(poll_of(grant)) == Refused(None)
    assert device_decisions().approve(approval_of(grant)) == Refused(None)
    assert device_decisions().deny(grant.grant_id, approval=name(), now=NOW) == Refused(None)
    device_grants().slow_down(poll_of(grant))
    device_grants().undo_poll(poll_of(grant))
    assert kept(grant) is None


@pytest.mark.parametrize("acr", [None, "high"])
def test_an_approval_makes_the_grant_a_persons(acr: str | None) -> None:
    grant = pending()
    approval = approval_of(grant, acr=acr)
    expected = replace(
        grant,
        state="approved",
        next_state="active",
        approval=approval.approval,
        **vars(approval.given),
    )
    assert device_decisions().approve(approval) == expected
    assert kept(grant) == expected


def test_an_approved_grant_is_of_its_session() -> None:
    sub, sid = name(), name()
    grant = approved(sub=sub, sid=sid, offline=False)
    revoked, _ = SessionGrantStore(table("Grants")).revoke_bound(sub=sub, sid=sid)
    assert [one.grant_id for one in revoked] == [grant.grant_id]


def test_a_denial_makes_it_nobodys_for_good() -> None:
    grant = pending()
    approval = name()
    denied = device_decisions().deny(grant.grant_id, approval=approval, now=NOW)
    assert denied == replace(grant, state="revoked", next_state="revoked", approval=approval)


@pytest.mark.parametrize("first", ["approve", "deny"])
@pytest.mark.parametrize("second", ["approve", "deny"])
def test_the_first_decision_stands(first: str, second: str) -> None:
    grant = pending()

    def decide(which: str) -> Grant | Refused:
        if which == "approve":
            return device_decisions().approve(approval_of(grant))
        return device_decisions().deny(grant.grant_id, approval=name(), now=NOW + 1)

    assert isinstance(decide(first), Grant)
    before = kept(grant)
    assert decide(second) == Refused(before)
    assert kept(grant) == before


def test_an_expired_grant_is_not_decided_on() -> None:
    grant = pending()
    assert device_decisions().approve(approval_of(grant, now=NOW + 600)) == Refused(grant)
    assert device_decisions().deny(grant.grant_id, approval=name(), now=NOW + 600) == Refused(grant)


def test_a_grant_that_began_with_a_code_is_no_devices() -> None:
    grant = Grant(**{**vars(pending()), "grant_id": name(), "device_code_hash": None, "code_hash": "a"})
    device_decisions().start(grant)
    assert device_decisions().approve(approval_of(grant)) == Refused(grant)
    assert device_decisions().deny(grant.grant_id, approval=name(), now=NOW) == Refused(grant)


def test_the_poll_of_an_approved_grant_redeems_it() -> None:
    grant = approved()
    poll = poll_of(grant)
    expected = replace(
        grant,
        state="active",
        exp=grant.refresh_until,
        next_poll_at=NOW + 5,
        redemption=poll.redemption,
        generation=1,
        family_hash=poll.family_hash,
        refresh_hash=poll.refresh_hash,
        refresh_exp=poll.refresh_exp,
    )
    assert device_grants().poll(poll) == expected
    assert kept(grant) == expected
    assert item(grant)["purge_at"] == grant.refresh_until + PURGE_AFTER
    assert device_grants().poll(poll_of(grant)) == Refused(expected)


def test_a_redemption_can_be_undone_by_itself_alone() -> None:
    grant = approved()
    poll = poll_of(grant)
    device_grants().poll(poll)
    redeemed = kept(grant)
    device_grants().undo_poll(poll_of(grant))
    assert kept(grant) == redeemed
    device_grants().undo_poll(poll)
    assert kept(grant) == replace(grant, next_poll_at=NOW + 5)
    assert isinstance(device_grants().poll(poll_of(grant)), Grant)


def test_undoing_the_poll_of_a_pending_grant_does_nothing() -> None:
    grant = pending()
    poll = poll_of(grant)
    polled = device_grants().poll(poll)
    device_grants().undo_poll(poll)
    assert kept(grant) == polled


def test_no_code_redeems_a_grant_of_a_device() -> None:
    grant = approved()
    for code_hash in ("device-code-hash", "another"):
        use = redemption(grant, code_hash=code_hash, redirect_uri=None, code_challenge=None)
        assert grants().redeem(use) == Refused(grant)


def test_a_user_code_is_one_grants_until_it_expires() -> None:
    store, code = UserCodeStore(table("Requests")), name()
    first = ReservedCode(grant_id=name(), source_ip="203.0.113.7")
    second = ReservedCode(grant_id=name())
    assert store.find(code) is None
    assert store.reserve(code, first, exp=NOW + 600, now=NOW)
    # The same again, after a lost answer.
    assert store.reserve(code, first, exp=NOW + 600, now=NOW)
    assert not store.reserve(code, second, exp=NOW + 700, now=NOW + 599)
    assert store.find(code) == first
    assert store.reserve(code, second, exp=NOW + 1_200, now=NOW + 600)
    assert store.find(code) == second
