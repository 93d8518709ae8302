"""The port CodeGrants: redeeming a code is one conditional write, and can be undone."""

from typing import Any

import pytest

from chalicelib.aws.grants import PURGE_AFTER
from chalicelib.protocol.grant import Grant, Refused
from chalicelib.record import replace
from tests.stores.fresh import NOW, active, approved, grants, name, redemption, rotation, table
from tests.support.tenant import Table


def item(grant: Grant) -> dict[str, Any]:
    return Table(table("Grants")).find(grant_id=grant.grant_id)


def test_a_grant_is_kept_as_it_was_made() -> None:
    grant = approved(acr="high")
    assert grants().create(grant)
    assert grants().get(grant.grant_id) == grant
    assert item(grant)["purge_at"] == grant.code_exp + PURGE_AFTER


def test_a_grant_that_has_nothing_optional_is_kept_too() -> None:
    grant = approved(redirect_uri=None, code_challenge=None, nonce=None, auth_time=None, sid="s", amr=())
    assert grants().create(grant)
    assert grants().get(grant.grant_id) == grant


def test_what_is_not_there_is_none() -> None:
    assert grants().get(name()) is None


def test_a_grant_is_created_once_and_a_retry_finds_its_own() -> None:
    grant = approved()
    assert grants().create(grant)
    assert grants().create(grant)
    assert not grants().create(replace(grant, code_hash="another"))
    assert grants().get(grant.grant_id) == grant


def test_redeeming_makes_the_grant_active_with_its_first_refresh_token() -> None:
    grant = approved()
    grants().create(grant)
    use = redemption(grant)
    expected = replace(
        grant,
        state="active",
        exp=grant.refresh_until,
        redemption=use.redemption,
        generation=1,
        family_hash=use.family_hash,
        refresh_hash=use.refresh_hash,
        refresh_exp=use.refresh_exp,
    )
    assert grants().redeem(use) == expected
    assert grants().get(grant.grant_id) == expected
    assert item(grant)["purge_at"] == grant.refresh_until + PURGE_AFTER


@pytest.mark.parametrize("absent", ["redirect_uri", "code_challenge"])
def test_what_was_left_out_stays_left_out(absent: str) -> None:
    grant = approved(**{absent: None})
    grants().create(grant)
    assert grants().redeem(redemption(grant, **{absent: "given now"})) == Refused(grant)
    assert isinstance(grants().redeem(redemption(grant)), Grant)


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another code": ({"code_hash": "another"}, {}),
    "another client": ({"client_id": "client-b"}, {}),
    "another redirect_uri": ({"redirect_uri": "https://app.example.com/callback/"}, {}),
    "no redirect_uri": ({"redirect_uri": None}, {}),
    "another challenge": ({"code_challenge": "another"}, {}),
    "no challenge": ({"code_challenge": None}, {}),
    "the second it expires": ({"now": NOW + 60}, {}),
    "long after": ({"now": NOW + 10_000}, {}),
    "revoked": ({}, {"state": "revoked"}),
    "pending": ({}, {"state": "pending"}),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_redemption_in_which_anything_is_wrong_changes_nothing(case: str) -> None:
    changes, stored = WRONG[case]
    grant = approved(**stored)
    grants().create(grant)
    assert grants().redeem(redemption(grant, **changes)) == Refused(grant)
    assert grants().get(grant.grant_id) == grant


def test_the_last_second_of_a_code_counts() -> None:
    grant = approved()
    grants().create(grant)
    assert isinstance(grants().redeem(redemption(grant, now=NOW + 59)), Grant)


def test_a_second_redemption_finds_the_first() -> None:
    grant = active()
    assert grants().redeem(redemption(grant)) == Refused(grant)


def test_a_grant_that_is_not_there_is_not_made_by_redeeming() -> None:
    grant = approved()
    assert grants().redeem(redemption(grant)) == Refused(None)
    assert grants().get(grant.grant_id) is None


def test_undoing_a_redemption_leaves_the_item_as_before() -> None:
    grant = approved()
    grants().create(grant)
    before = item(grant)
    use = redemption(grant)
    grants().redeem(use)
    grants().undo_redeem(use)
    assert item(grant) == before
    assert isinstance(grants().redeem(redemption(grant)), Grant)


def test_undoing_does_nothing_to_another_redemption() -> None:
    grant = active()
    grants().undo_redeem(redemption(grant))
    assert grants().get(grant.grant_id) == grant


@pytest.mark.parametrize("after", ["rotated", "revoked"])
def test_undoing_does_nothing_once_something_came_after(after: str) -> None:
    grant = approved()
    grants().create(grant)
    use = redemption(grant)
    redeemed = grants().redeem(use)
    assert isinstance(redeemed, Grant)
    if after == "rotated":
        grants().rotate(rotation(redeemed))
    else:
        grants().revoke(grant.grant_id)
    before = grants().get(grant.grant_id)
    grants().undo_redeem(use)
    assert grants().get(grant.grant_id) == before


def test_undoing_what_is_not_there_makes_nothing() -> None:
    grant = approved()
    grants().undo_redeem(redemption(grant))
    assert grants().get(grant.grant_id) is None
