"""RFC 9700 section 4.14.2: a refresh token used again ends its grant; a guess ends nothing."""

import time
from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

GRACE = 30


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    """At a public client, whose refresh tokens rotate."""
    return visit(caller, tenant)


def redeem(here: Visit) -> dict[str, Any]:
    tokens: dict[str, Any] = here.app.redeem(here.code(scope="openid read offline_access")).json
    return tokens


def successor(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    refresh_token: str = answer.json["refresh_token"]
    return refresh_token


def rotated_ago(here: Visit, refresh_token: str, seconds: int) -> None:
    """The last rotation was so long ago."""
    grants = here.tenant.table("Grants")
    grant = grants.find(grant_id=refresh_token.partition(".")[0])
    grants.change(grant, rotated_at=int(time.time()) - seconds)


def state(here: Visit, refresh_token: str) -> str:
    grant = here.tenant.table("Grants").find(grant_id=refresh_token.partition(".")[0])
    return str(grant["state"])


@spec("RFC9700-4.14.2")
def test_reuse_outside_the_grace_window_revokes_the_grant(
    here: Visit, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = redeem(here)
    first = tokens["refresh_token"]
    second = successor(here.app.refresh(first))
    rotated_ago(here, first, GRACE)
    assert_json_error(here.app.refresh(first), "invalid_grant")
    line = last_log(capsys, first.rpartition(".")[2], second.rpartition(".")[2])
    assert (line["reason"], line["grant_id"]) == ("refresh_token_reused", first.partition(".")[0])
    # All that came of the grant is over: the newest refresh token and the access tokens.
    assert_json_error(here.app.refresh(second), "invalid_grant")
    assert last_log(capsys)["reason"] == "grant_revoked"
    api = ClientApp(tenant.resource_server()[1], here.app.caller)
    assert api.post("/introspect", {"token": tokens["access_token"]}).json == {"active": False}


@spec("RFC9700-4.14.2")
def test_a_retry_just_inside_the_grace_window_is_none(here: Visit) -> None:
    first = redeem(here)["refresh_token"]
    second = successor(here.app.refresh(first))
    rotated_ago(here, first, GRACE - 10)
    assert successor(here.app.refresh(first)) == second


@spec("RFC9700-4.14.2")
def test_a_token_two_generations_old_is_reuse_even_inside_the_grace_window(
    here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    first = redeem(here)["refresh_token"]
    third = successor(here.app.refresh(successor(here.app.refresh(first))))
    assert_json_error(here.app.refresh(first), "invalid_grant")
    assert last_log(capsys)["reason"] == "refresh_token_reused"
    assert_json_error(here.app.refresh(third), "invalid_grant")


@spec("RFC9700-4.14.2")
def test_a_later_rotation_does_not_open_the_window_again(here: Visit) -> None:
    first = redeem(here)["refresh_token"]
    second = successor(here.app.refresh(first))
    rotated_ago(here, first, 3600)
    successor(here.app.refresh(second))
    assert_json_error(here.app.refresh(first), "invalid_grant")
    assert state(here, first) == "revoked"


def mangle(first: str, second: str, case: str) -> str:
    """A guess at a token of a grant whose present token is `second`."""
    grant_id, _, old = first.split(".")
    _, _, new = second.split(".")
    other = "B" if new[0] != "B" else "C"
    return {
        "the present generation, another secret": f"{grant_id}.2.{new[:-4]}AAAA",
        "the present generation, the secret before": f"{grant_id}.2.{old}",
        "a coming generation, the present secret": f"{grant_id}.3.{new}",
        "a generation far ahead": f"{grant_id}.900.{new}",
        "an old generation, of nobody's family": f"{grant_id}.1.{other}{old[1:]}",
        "the present generation, of nobody's family": f"{grant_id}.2.{other}{new[1:]}",
    }[case]


GUESSES = (
    "the present generation, another secret",
    "the present generation, the secret before",
    "a coming generation, the present secret",
    "a generation far ahead",
    "an old generation, of nobody's family",
    "the present generation, of nobody's family",
)


@spec("RFC9700-4.14.2")
@pytest.mark.parametrize("case", GUESSES)
def test_a_guess_is_refused_and_revokes_nothing(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    first = redeem(here)["refresh_token"]
    second = successor(here.app.refresh(first))
    rotated_ago(here, first, 3600)
    with unchanged():
        answer = here.app.refresh(mangle(first, second, case))
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys)["reason"] == "refresh_token_unknown"
    assert here.app.refresh(second).status == 200


@spec("RFC9700-4.14.2")
@pytest.mark.parametrize("generation", ["1", "2"], ids=["an old token", "the present token"])
def test_another_client_can_not_revoke_with_a_stolen_token(
    here: Visit, tenant: Tenant, capsys: pytest.CaptureFixture[str], generation: str
) -> None:
    first = redeem(here)["refresh_token"]
    second = successor(here.app.refresh(first))
    rotated_ago(here, first, 3600)
    thief = ClientApp(tenant.public_client(), here.app.caller)
    with unchanged():
        answer = thief.refresh(first if generation == "1" else second)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys)["reason"] == "refresh_token_of_another_client"
    assert here.app.refresh(second).status == 200


@spec("RFC9700-4.14.2")
def test_reuse_by_who_only_knows_the_family_revokes_too(here: Visit) -> None:
    first = redeem(here)["refresh_token"]
    second = successor(here.app.refresh(first))
    assert_json_error(here.app.refresh(first[:-4] + "AAAA"), "invalid_grant")
    assert state(here, second) == "revoked"


@spec("RFC9700-4.14.2")
def test_a_revoked_grant_refreshes_no_more(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    first = redeem(here)["refresh_token"]
    assert here.app.post("/revoke", {"token": first}).status == 200
    with unchanged():
        answer = here.app.refresh(first)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys)["reason"] == "grant_revoked"


@spec("RFC9700-4.14.2")
def test_one_grants_end_leaves_the_persons_others(here: Visit) -> None:
    first, other = redeem(here)["refresh_token"], redeem(here)["refresh_token"]
    successor(here.app.refresh(first))
    rotated_ago(here, first, 3600)
    assert_json_error(here.app.refresh(first), "invalid_grant")
    assert here.app.refresh(other).status == 200
