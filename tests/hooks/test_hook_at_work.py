"""A hook over time, and beside what else happens: outages, people who are gone, hooks that ask back."""

import json
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.hooks.conftest import HOOK, NOTHING, Hook, hooked
from tests.hooks.failures import VETO, assert_unavailable
from tests.support.every_grant import by_refresh_token, for_a_client
from tests.support.http import Caller
from tests.support.refusal import last_log
from tests.support.tenant import API, Tenant
from tests.support.visit import visit


def test_a_refresh_token_outlives_an_outage_of_the_hook(
    stack: LocalStack, caller: Caller, tenant: Tenant
) -> None:
    """Longer than the grace window: as it was not used, nothing was spent."""
    with hooked(stack, REFRESH_TOKEN_GRACE="0") as hook:
        ready = by_refresh_token(caller, tenant)
        hook.answer = lambda _: json.loads("no JSON")
        for _ in range(3):
            assert_unavailable(ready.ask())
        hook.answer = NOTHING
        assert ready.ask().status == 200


def test_a_hook_that_asks_its_own_tenant_for_tokens_ends(
    stack: LocalStack, caller: Caller, tenant: Tenant
) -> None:
    """It would be asked about these as well: its own time-out ends it, and the request's does."""
    ready = for_a_client(caller, tenant)
    depth = []

    def asks_back(event: Any) -> Any:
        depth.append(event)
        if len(depth) < 3:
            ready.ask()
        return NOTHING

    with hooked(stack) as hook:
        hook.answer = asks_back
        assert ready.ask().status == 200
    assert len(depth) == 3


def test_a_person_who_is_gone_is_told_by_sub_alone(stack: LocalStack, caller: Caller, tenant: Tenant) -> None:
    with hooked(stack) as hook:
        here = visit(caller, tenant, tenant.client())
        token = here.app.redeem(here.code(scope="read offline_access", resource=API)).json["refresh_token"]
        record = tenant.table("Users").find(id=f"user#{here.person.sub}")
        tenant.table("Users").delete(id=record["id"])
        hook.asked.clear()
        try:
            here.app.refresh(token)
        finally:
            tenant.table("Users").change(record)
        assert hook.take()["subject"] == {"kind": "person", "sub": here.person.sub}


def test_without_a_hook_nothing_is_asked(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = Hook(VETO)
    stack.functions.others[HOOK] = hook
    try:
        assert for_a_client(caller, tenant).ask().status == 200
    finally:
        del stack.functions.others[HOOK]
    assert hook.asked == []
    assert not {"policy_hook_ms", "lambda_calls"} & last_log(capsys).keys()
