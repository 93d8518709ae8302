"""The same where the tenant has failures ignored: the tokens there are without the hook, but for a veto."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.hooks.failures import SHORT, SILENT, VETO, Failure, Script, failures, scripted
from tests.support.client_app import unverified
from tests.support.every_grant import by_code, for_a_client
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.scripted import says
from tests.support.tenant import Tenant


@pytest.fixture(scope="module")
def lenient(stack: LocalStack) -> Iterator[Script]:
    """That of a tenant that ignores them."""
    del stack
    with scripted(POLICY_HOOK_FAILURE="ignore") as script:
        yield script


@failures
def test_where_failures_are_ignored_the_tokens_are_those_there_are_without(
    lenient: Script, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], failure: Failure
) -> None:
    assert_ignored(lenient, caller, tenant, capsys, failure)


def test_so_they_are_with_a_hook_that_never_answers(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    with scripted(**SHORT, POLICY_HOOK_FAILURE="ignore") as script:
        assert_ignored(script, caller, tenant, capsys, SILENT)


def assert_ignored(
    script: Script, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], failure: Failure
) -> None:
    script.step, kind = failure
    ready = for_a_client(caller, tenant)
    capsys.readouterr()
    response = ready.ask()
    assert response.status == 200
    claims = unverified(response.json["access_token"])[1]
    assert set(claims) == {"iss", "sub", "aud", "client_id", "iat", "exp", "jti", "scope"}
    line = last_log(capsys, "s3cr3t", "root")
    assert (line["policy_hook"], line["policy_hook_failures"]) == (kind, 1)
    assert line["audit"]["type"] == "token_issued"


@pytest.mark.parametrize("more", [{}, {"version": 2}, {"claims": {"access_token": {"sub": "root"}}}])
def test_a_veto_is_never_ignored(
    lenient: Script, caller: Caller, tenant: Tenant, more: dict[str, Any]
) -> None:
    lenient.step = says({**VETO, **more}, checked=False)
    assert_json_error(for_a_client(caller, tenant).ask(), "access_denied")


def test_one_token_is_not_given_claims_where_those_of_the_other_are_bad(
    lenient: Script, caller: Caller, tenant: Tenant
) -> None:
    lenient.step = says(
        {"version": 1, "claims": {"access_token": {"roles": []}, "id_token": {"aud": "other"}}}, checked=False
    )
    response = by_code(caller, tenant).ask().json
    for token in (response["access_token"], response["id_token"]):
        assert "roles" not in unverified(token)[1]
    assert unverified(response["id_token"])[1]["aud"] == response_client(response)


def response_client(response: dict[str, Any]) -> str:
    client_id: str = unverified(response["access_token"])[1]["client_id"]
    return client_id
