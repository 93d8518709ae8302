"""The ports GrantRevocation, RefreshTokenRevocation and SessionGrants: ends of grants."""

from typing import Any

import pytest

from chalicelib.aws.session_grants import SessionGrantStore
from chalicelib.record import replace
from tests.stores.fresh import active, approved, grants, name, table


def test_revoking_ends_a_grant_in_any_state_and_keeps_all_else() -> None:
    waiting, used = approved(), active()
    grants().create(waiting)
    for grant in (waiting, used):
        for _ in range(2):
            grants().revoke(grant.grant_id)
        assert grants().get(grant.grant_id) == replace(grant, state="revoked")


def test_revoking_what_is_not_there_makes_nothing() -> None:
    grant_id = name()
    grants().revoke(grant_id)
    grants().revoke_family(grant_id=grant_id, client_id="client-a", family_hash="family-hash")
    assert grants().get(grant_id) is None


def test_a_family_ends_its_grant() -> None:
    grant = active()
    grants().revoke_family(grant_id=grant.grant_id, client_id="client-a", family_hash="family-hash")
    assert grants().get(grant.grant_id) == replace(grant, state="revoked")


@pytest.mark.parametrize(
    "wrong", [{"client_id": "client-b"}, {"family_hash": "another"}], ids=["another client", "another family"]
)
def test_a_family_that_is_not_the_clients_ends_nothing(wrong: dict[str, Any]) -> None:
    grant = active()
    named = {"grant_id": grant.grant_id, "client_id": "client-a", "family_hash": "family-hash", **wrong}
    grants().revoke_family(**named)
    assert grants().get(grant.grant_id) == grant


def test_a_session_has_the_grants_that_end_with_it() -> None:
    sub, sid = name(), name()
    mine = [active(sub=sub, sid=sid, offline=False).grant_id for _ in range(3)]
    waiting = approved(sub=sub, sid=sid, offline=False)
    grants().create(waiting)
    offline = active(sub=sub, sid=sid, offline=True)
    active(sub=sub, sid=name(), offline=False)
    active(sub=name(), sid=sid, offline=False)
    ended = active(sub=sub, sid=sid, offline=False)
    grants().revoke(ended.grant_id)
    store = SessionGrantStore(table("Grants"))
    revoked, others = store.revoke_bound(sub=sub, sid=sid)
    assert sorted(grant.grant_id for grant in revoked) == sorted([*mine, waiting.grant_id])
    assert sorted(others) == sorted([offline.grant_id, ended.grant_id])
    for grant in revoked:
        assert grants().get(grant.grant_id) == grant
        assert grant.state == "revoked"
    assert sorted(grant.grant_id for grant in store.read(others)) == sorted(others)
    assert grants().get(offline.grant_id) == offline
    assert store.revoke_bound(sub=name(), sid=sid) == ([], [])
    assert (store.read([]), store.read([name()])) == ([], [])
