"""RFC 9700 section 4.14.2: refresh tokens end, unused ones soon and all of them some day."""

import time
from typing import Any

import pytest

from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

DAY = 86_400
LIFETIME, IDLE = 30 * DAY, 14 * DAY
KINDS = {"rotating": "none", "constant": "client_secret_basic"}


@pytest.fixture(params=KINDS)
def here(caller: Caller, tenant: Tenant, request: pytest.FixtureRequest) -> Visit:
    return visit(caller, tenant, tenant.client(token_endpoint_auth_method=KINDS[request.param]))


def first_token(here: Visit) -> str:
    tokens = here.app.redeem(here.code(scope="openid read offline_access")).json
    refresh_token: str = tokens["refresh_token"]
    return refresh_token


def grant_of(here: Visit, refresh_token: str) -> dict[str, Any]:
    return here.tenant.table("Grants").find(grant_id=refresh_token.partition(".")[0])


def age(here: Visit, refresh_token: str, **times: int) -> None:
    """The grant with times so many seconds from now."""
    now = int(time.time())
    changed = {name: now + seconds for name, seconds in times.items()}
    here.tenant.table("Grants").change(grant_of(here, refresh_token), **changed)


@spec("RFC9700-4.14.2")
def test_using_a_token_never_lengthens_the_grant(here: Visit) -> None:
    token = first_token(here)
    created = grant_of(here, token)
    assert created["exp"] == created["created_at"] + LIFETIME
    age(here, token, exp=100)
    end = grant_of(here, token)["exp"]
    for _ in range(3):
        token = here.app.refresh(token).json["refresh_token"]
    assert grant_of(here, token)["exp"] == end


@spec("RFC9700-4.14.2")
@pytest.mark.parametrize("over", ["exp", "refresh_exp"], ids=["its whole life", "its idle time"])
def test_an_expired_token_is_refused_though_its_item_is_still_there(
    here: Visit, capsys: pytest.CaptureFixture[str], over: str
) -> None:
    token = first_token(here)
    age(here, token, **{over: -1})
    with unchanged():
        answer = here.app.refresh(token)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys, token)["reason"] == "refresh_token_expired"


@spec("RFC9700-4.14.2")
def test_an_expired_token_used_twice_is_no_reuse(caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant)
    first = first_token(here)
    here.app.refresh(first)
    age(here, first, rotated_at=-DAY, refresh_exp=-1)
    with unchanged():
        assert_json_error(here.app.refresh(first), "invalid_grant")


@spec("RFC9700-4.14.2")
def test_using_a_token_begins_its_idle_time_anew(here: Visit) -> None:
    token = first_token(here)
    age(here, token, refresh_exp=60)
    before = int(time.time())
    assert here.app.refresh(token).status == 200
    assert before + IDLE <= grant_of(here, token)["refresh_exp"] <= int(time.time()) + IDLE


@spec("RFC9700-4.14.2")
def test_a_retry_inside_the_grace_window_lengthens_nothing(caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant)
    first = first_token(here)
    here.app.refresh(first)
    with unchanged():
        assert here.app.refresh(first).status == 200


@spec("RFC9700-4.14.2")
def test_the_items_outlive_their_grants_for_the_sweep(here: Visit) -> None:
    token = first_token(here)
    grant = grant_of(here, token)
    assert grant["purge_at"] == grant["exp"] + DAY
