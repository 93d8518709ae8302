"""RFC 8693 section 2.1: what ended before its time is not exchanged, and ends what was made of it."""

import os
from collections.abc import Callable

import pytest

from chalicelib.aws.registries import ClientRegistry
from chalicelib.protocol.supported import TOKEN_EXCHANGE
from tests.support.client_app import ClientApp
from tests.support.environment import skip_where_deployed
from tests.support.exchange import REFRESH_TOKEN, Middle, another
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


def own_visit(caller: Caller, tenant: Tenant, api: Middle) -> tuple[Middle, str, str]:
    """An app of this test's own, whose ends hurt nobody else, and the tokens it got."""
    person_app = ClientApp(tenant.client(), caller)
    from_start = visit(caller, tenant, person_app.client)
    tokens = from_start.app.redeem(from_start.code(scope="read", resource=API)).json
    mine = Middle(from_start, api.api, api.payroll, tenant, api.target)
    return mine, tokens["access_token"], tokens["refresh_token"]


def revoke_grant(mine: Middle, refresh_token: str) -> None:
    assert mine.here.app.post("/revoke", {"token": refresh_token}).status == 200


def delete_app(mine: Middle, _: str) -> None:
    ClientRegistry(os.environ["CLIENTS_TABLE"]).remove(mine.here.app.client.client_id, revision=None)


def disable_person(mine: Middle, _: str) -> None:
    users = mine.tenant.table("Users")
    users.change(users.find(id=f"user#{mine.here.person.sub}"), disabled=True)


def sign_out(mine: Middle, _: str) -> None:
    users = mine.tenant.table("Users")
    users.change(users.find(id=f"user#{mine.here.person.sub}"), signed_out_at=2**33)


ENDS: dict[str, Callable[[Middle, str], None]] = {
    "its grant is revoked": revoke_grant,
    "the app is deleted": delete_app,
    "the person is disabled": disable_person,
    "the person is signed out everywhere": sign_out,
}


@pytest.fixture
def restored(tenant: Tenant) -> Callable[[Visit], None]:
    def restore(here: Visit) -> None:
        users = tenant.table("Users")
        item = users.find(id=f"user#{here.person.sub}")
        users.change({name: value for name, value in item.items() if name != "signed_out_at"}, disabled=False)

    return restore


@spec("RFC8693-2.1")
@pytest.mark.parametrize("case", ENDS)
def test_what_has_ended_is_not_exchanged_and_what_came_of_it_is_inactive(
    *,
    caller: Caller,
    tenant: Tenant,
    api: Middle,
    restored: Callable[[Visit], None],
    capsys: pytest.CaptureFixture[str],
    case: str,
) -> None:
    mine, token, refresh_token = own_visit(caller, tenant, api)
    exchanged = mine.exchange(token).json["access_token"]
    auth = (api.payroll.client_id, SECRET)
    assert caller.post("/introspect", {"token": exchanged}, auth=auth).json["active"] is True
    try:
        ENDS[case](mine, refresh_token)
        assert caller.post("/introspect", {"token": exchanged}, auth=auth).json == {"active": False}
        answer = mine.exchange(token)
    finally:
        restored(mine.here)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, token)["reason"] == "token_revoked"


@spec("RFC8693-2.1")
def test_a_token_that_was_revoked_alone_is_not_exchanged(caller: Caller, tenant: Tenant, api: Middle) -> None:
    mine, token, _ = own_visit(caller, tenant, api)
    assert mine.here.app.post("/revoke", {"token": token}).status == 200
    assert_json_error(mine.exchange(token), "invalid_request")


@pytest.fixture
def owner(tenant: Tenant, api: Middle) -> tuple[Middle, str]:
    """An app that may exchange its own refresh token."""
    app = another(
        api,
        grant_types=(TOKEN_EXCHANGE, "authorization_code", "refresh_token"),
        redirect_uris=api.here.app.client.redirect_uris,
        scope=("read",),
        rotate_refresh_tokens=True,
    )
    here = visit(api.api.caller, tenant, app.api.client)
    tokens = here.app.redeem(here.code(scope="read", resource=API)).json
    return Middle(here, here.app, app.payroll, tenant, app.target), tokens["refresh_token"]


def spent(app: Middle, token: str) -> str:
    assert app.here.app.refresh(token).status == 200
    return token


def of_another(app: Middle, token: str) -> str:
    app.here.change_grant(token, client_id="somebody")
    return token


def expired(app: Middle, token: str) -> str:
    app.here.change_grant(token, exp=1)
    return token


def idle(app: Middle, token: str) -> str:
    app.here.change_grant(token, refresh_exp=1)
    return token


def guessed(_: Middle, token: str) -> str:
    return token[:-2] + "AA"


def ended(app: Middle, token: str) -> str:
    app.here.change_grant(token, state="revoked")
    return token


def of_a_deleted_person(app: Middle, token: str) -> str:
    app.here.change_grant(token, sub="nobody")
    return token


def of_an_earlier_client(app: Middle, token: str) -> str:
    app.here.change_grant(token, created_at=-(10**6))
    return token


def not_refreshable(app: Middle, token: str) -> str:
    app.here.change_grant(token, refreshable=False)
    return token


REFRESH_TOKENS: dict[str, tuple[Callable[[Middle, str], str], str]] = {
    "of a former generation": (spent, "refresh_token_unknown"),
    "another client's": (of_another, "refresh_token_of_another_client"),
    "expired": (expired, "refresh_token_expired"),
    "idle": (idle, "refresh_token_expired"),
    "guessed": (guessed, "refresh_token_unknown"),
    "revoked": (ended, "grant_revoked"),
    "of a person who is gone": (of_a_deleted_person, "token_revoked"),
    "given to a client that had the name before": (of_an_earlier_client, "grant_revoked"),
    "of a grant without refresh tokens": (not_refreshable, "refresh_token_unknown"),
}


@spec("RFC8693-2.1")
@pytest.mark.parametrize("case", REFRESH_TOKENS)
def test_a_refresh_token_that_could_not_be_used_is_not_exchanged(
    owner: tuple[Middle, str], capsys: pytest.CaptureFixture[str], case: str
) -> None:
    app, token = owner
    make, reason = REFRESH_TOKENS[case]
    if case == "given to a client that had the name before":
        # A function of another process keeps the record it read before, for a minute.
        skip_where_deployed()
        clients = app.tenant.table("Clients")
        clients.change(clients.find(id=f"client#{app.api.client.client_id}"), client_id_issued_at=1)
    presented = make(app, token)
    capsys.readouterr()
    answer = app.exchange(presented, subject_token_type=REFRESH_TOKEN)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, presented)["reason"] == reason


@spec("RFC8693-2.1")
def test_what_came_of_a_deleted_app_is_not_that_of_another_of_its_name(
    caller: Caller, tenant: Tenant, api: Middle
) -> None:
    mine, token, _ = own_visit(caller, tenant, api)
    exchanged = mine.exchange(token).json["access_token"]
    clients = tenant.table("Clients")
    clients.change(clients.find(id=f"client#{mine.here.app.client.client_id}"), client_id_issued_at=2**33)
    auth = (api.payroll.client_id, SECRET)
    assert caller.post("/introspect", {"token": exchanged}, auth=auth).json == {"active": False}
