"""The hook and the implicit grant, whose token leaves from the authorization endpoint."""

from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.hooks.conftest import NOTHING, Hook, hooked
from tests.support.client_app import unverified
from tests.support.http import Caller
from tests.support.migration import by_implicit, implicit_visit
from tests.support.policy import is_valid
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

ROLES = {"roles": ["admin"]}


@pytest.fixture
def here(hook: Hook, caller: Caller, tenant: Tenant) -> Visit:
    made = implicit_visit(caller, tenant)
    hook.asked.clear()
    return made


@pytest.fixture
def ignoring(stack: LocalStack) -> Iterator[Hook]:
    with hooked(stack, POLICY_HOOK_FAILURE="ignore") as hook:
        yield hook


def test_it_is_asked_and_adds_to_the_token(hook: Hook, here: Visit) -> None:
    hook.adds(ROLES)
    claims = unverified(by_implicit(here).fragment["access_token"])[1]
    assert claims["roles"] == ROLES["roles"]
    asked = hook.take()
    assert is_valid("request", asked)
    assert (asked["grant_type"], asked["tokens"]) == ("implicit", ["access_token"])
    assert asked["subject"] == {"kind": "person", "sub": here.person.sub, "claims": here.person.claims}


def test_it_is_not_asked_where_a_code_leaves(hook: Hook, here: Visit, caller: Caller, tenant: Tenant) -> None:
    del here
    visit(caller, tenant).code()
    assert hook.asked == []


def test_a_veto_goes_back_to_the_client_and_nothing_is_written(
    hook: Hook, here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    hook.refuses("office_hours")
    capsys.readouterr()
    with unchanged():
        answer = by_implicit(here)
    assert answer.status == 303
    assert answer.fragment["error"] == "access_denied"
    assert "office_hours" not in answer.location
    line = last_log(capsys)
    assert (line["reason"], line["policy_reason"], line["kms_calls"]) == ("policy_veto", "office_hours", 0)
    assert line["policy_vetoes"] == 1
    assert (line["audit"]["type"], line["audit"]["policy_reason"]) == ("token_refused", "office_hours")


def test_a_failure_is_told_as_one_that_can_be_waited_out(
    hook: Hook, here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    hook.answer = None
    capsys.readouterr()
    with unchanged():
        by_implicit(here)
    line = last_log(capsys)
    assert (line["error"], line["reason"]) == ("temporarily_unavailable", "policy_hook_failed")
    hook.answer = NOTHING
    assert "access_token" in by_implicit(here).fragment


def test_where_failures_are_ignored_the_token_is_the_one_there_is_without(
    ignoring: Hook, caller: Caller, tenant: Tenant
) -> None:
    here = implicit_visit(caller, tenant)
    ignoring.answer = {"version": 1, "claims": {"access_token": {**ROLES, "sub": "root"}}}
    claims = unverified(by_implicit(here).fragment["access_token"])[1]
    assert claims["sub"] == here.person.sub
    assert "roles" not in claims
