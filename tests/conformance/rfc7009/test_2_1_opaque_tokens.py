"""RFC 7009 section 2.1: opaque access tokens end by one write, at the word of their own client alone."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.code_use import live_at
from tests.support.http import Answer, Caller
from tests.support.opaque import VAULT, kept, opaque, told_of, vault
from tests.support.race import at_once
from tests.support.refusal import last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import listening


@pytest.fixture
def api(caller: Caller, tenant: Tenant) -> ClientApp:
    return vault(caller, tenant)


@pytest.fixture(params=["public", "confidential"])
def here(caller: Caller, tenant: Tenant, request: pytest.FixtureRequest) -> Visit:
    return visit(caller, tenant, tenant.public_client() if request.param == "public" else tenant.client())


def tokens_of(here: Visit) -> dict[str, Any]:
    answer = here.app.redeem(here.code(scope="openid offline_access read", resource=VAULT))
    opaque(answer)
    tokens: dict[str, Any] = answer.json
    return tokens


def is_accepted(answer: Answer) -> bool:
    return (answer.status, answer.body, answer.headers["cache-control"]) == (200, "", "no-store")


@spec("RFC7009-2.1")
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "something_else"])
def test_it_ends_at_once_and_alone_whether_it_was_seen_or_not(
    api: ClientApp, here: Visit, hint: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = tokens_of(here)
    auth = (api.client.client_id, SECRET)
    if hint != "access_token":
        assert live_at(here, tokens, auth) == (True, True)
    answer = here.app.post("/revoke", {"token": tokens["access_token"], "token_type_hint": hint})
    assert is_accepted(answer)
    line = last_log(capsys, SECRET, tokens["access_token"])
    assert (line["outcome"], line["sub"]) == ("revoked_access_token", here.person.sub)
    assert line["audit"]["type"] == "token_revoked"
    assert live_at(here, tokens, auth) == (False, False)
    again = here.app.refresh(tokens["refresh_token"])
    assert live_at(here, again.json, auth) == (True, True)


@spec("RFC7009-2.1")
def test_its_refresh_token_ends_it(api: ClientApp, here: Visit) -> None:
    tokens = tokens_of(here)
    again = here.app.refresh(tokens["refresh_token"]).json
    auth = (api.client.client_id, SECRET)
    assert live_at(here, tokens, auth) == live_at(here, again, auth) == (True, True)
    assert is_accepted(here.app.post("/revoke", {"token": again["refresh_token"]}))
    assert live_at(here, tokens, auth) == live_at(here, again, auth) == (False, False)


@spec("RFC7009-2.1")
def test_another_client_ends_it_not_and_learns_nothing(
    api: ClientApp, here: Visit, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    token = tokens_of(here)["access_token"]
    before = kept(tenant, token)
    for other in (ClientApp(tenant.client(), caller), ClientApp(tenant.public_client(), caller), api):
        assert is_accepted(other.post("/revoke", {"token": token}))
        line = last_log(capsys, SECRET, token)
        assert (line["outcome"], "sub" in line, "audit" in line) == ("revoked_unknown", False, False)
    assert kept(tenant, token) == before
    assert told_of(api, token)["active"] is True


@spec("RFC7009-2.2")
def test_one_nobody_was_given_is_answered_alike_and_nothing_is_kept_of_it(
    here: Visit, tenant: Tenant
) -> None:
    before = tenant.table("Requests").items()
    for token in ("keyturn_at_" + "A" * 43, "keyturn_at_" + "A" * 42, "keyturn_at_"):
        assert is_accepted(here.app.post("/revoke", {"token": token}))
    assert tenant.table("Requests").items() == before


@spec("RFC7009-2.1")
def test_it_takes_one_write_and_no_read(
    api: ClientApp, caller: Caller, tenant: Tenant, stack: LocalStack
) -> None:
    del api
    service = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "resource": VAULT}
    service.post("/revoke", {"token": opaque(service.token(fields))})
    token = opaque(service.token(fields))
    with listening(stack) as wire:
        assert is_accepted(service.post("/revoke", {"token": token}))
    assert [operation for operation, _ in wire.seen if operation != "GetItem"] == ["UpdateItem"]


@spec("RFC7009-2.2")
def test_revoked_many_times_at_once_it_has_ended_and_all_are_told_so(
    api: ClientApp, caller: Caller, tenant: Tenant
) -> None:
    service = ClientApp(tenant.client(), caller)
    token = opaque(service.token({"grant_type": "client_credentials", "resource": VAULT}))
    assert told_of(api, token)["active"] is True
    answers = at_once(lambda: service.post("/revoke", {"token": token}), times=4)
    assert all(map(is_accepted, answers))
    assert told_of(api, token) == {"active": False}
