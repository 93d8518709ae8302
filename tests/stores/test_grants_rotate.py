"""The port RefreshGrants: using a refresh token is one conditional write, and can be undone."""

from typing import Any

import pytest

from chalicelib.protocol.grant import Grant, Refused
from chalicelib.record import replace
from tests.stores.fresh import NOW, active, approved, grants, name, rotation


def test_rotating_moves_to_the_successor_and_never_moves_the_end() -> None:
    grant = active()
    use = rotation(grant)
    expected = replace(
        grant,
        generation=2,
        refresh_hash=use.successor_hash,
        refresh_exp=use.refresh_exp,
        rotation_nonce=use.nonce,
        rotated_at=use.now,
    )
    assert grants().rotate(use) == expected
    assert grants().get(grant.grant_id) == expected
    assert expected.exp == grant.exp == grant.refresh_until


def test_without_rotation_only_the_idle_time_moves() -> None:
    grant = active()
    use = rotation(grant, successor_generation=1, successor_hash=grant.refresh_hash)
    expected = replace(grant, refresh_exp=use.refresh_exp)
    assert [grants().rotate(use) for _ in range(2)] == [expected, expected]


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another token": ({"refresh_hash": "another"}, {}),
    "another client": ({"client_id": "client-b"}, {}),
    "an earlier generation": ({"generation": 0}, {}),
    "a later generation": ({"generation": 2}, {}),
    "the second it is idle too long": ({"now": NOW + 1_000}, {}),
    "the second the grant ends": ({"now": NOW + 600}, {"refresh_until": NOW + 600}),
    "a grant that is not refreshable": ({}, {"refreshable": False}),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_rotation_in_which_anything_is_wrong_changes_nothing(case: str) -> None:
    changes, stored = WRONG[case]
    grant = active(**stored)
    assert grants().rotate(rotation(grant, **changes)) == Refused(grant)
    assert grants().get(grant.grant_id) == grant


def test_the_last_second_counts() -> None:
    assert isinstance(grants().rotate(rotation(active(), now=NOW + 999)), Grant)
    assert isinstance(grants().rotate(rotation(active(refresh_until=NOW + 600), now=NOW + 599)), Grant)


def test_a_token_rotates_once() -> None:
    grant = active()
    rotated = grants().rotate(rotation(grant))
    assert isinstance(rotated, Grant)
    assert grants().rotate(rotation(grant)) == Refused(rotated)


def test_a_code_that_was_not_redeemed_has_no_refresh_token() -> None:
    grant = approved(refresh_hash="hash-1", refresh_exp=NOW + 1_000)
    grants().create(grant)
    assert grants().rotate(rotation(grant)) == Refused(grant)


def test_a_revoked_grant_and_one_that_is_not_there_rotate_nothing() -> None:
    grant = active()
    grants().revoke(grant.grant_id)
    assert grants().rotate(rotation(grant)) == Refused(replace(grant, state="revoked"))
    absent = replace(grant, grant_id=name())
    assert grants().rotate(rotation(absent)) == Refused(None)
    assert grants().get(absent.grant_id) is None


def test_a_held_rotation_is_one_whose_window_lasts_as_long_as_the_grant() -> None:
    grant = active()
    use = rotation(grant)
    rotated = grants().rotate(use)
    assert isinstance(rotated, Grant)
    grants().hold(use)
    assert grants().get(grant.grant_id) == replace(rotated, rotated_at=grant.exp)


def test_only_the_rotation_that_was_the_last_is_held() -> None:
    grant = active()
    rotated = grants().rotate(rotation(grant))
    grants().hold(replace(rotation(grant), nonce="another attempt's"))
    assert grants().get(grant.grant_id) == rotated


@pytest.mark.parametrize("after", ["rotated", "revoked"])
def test_holding_does_nothing_once_something_came_after(after: str) -> None:
    grant = active()
    use = rotation(grant)
    rotated = grants().rotate(use)
    assert isinstance(rotated, Grant)
    if after == "rotated":
        grants().rotate(rotation(rotated))
    else:
        grants().revoke(grant.grant_id)
    before = grants().get(grant.grant_id)
    grants().hold(use)
    assert grants().get(grant.grant_id) == before
