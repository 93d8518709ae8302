"""A hook that does not answer as it should, where that refuses: nothing is issued, and nothing lost."""

from collections.abc import Iterator
from socket import socket
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.hooks.conftest import NOTHING
from tests.hooks.failures import (
    ADDS,
    SHORT,
    SILENT,
    THROWS,
    Failure,
    Script,
    assert_unavailable,
    failures,
    scripted,
)
from tests.support.client_app import unverified
from tests.support.every_grant import EVERY_WAY, Way, by_code, for_a_client
from tests.support.http import Caller
from tests.support.opaque import vault
from tests.support.refusal import last_log
from tests.support.scripted import cuts, says
from tests.support.tenant import Tenant


@pytest.fixture(scope="module")
def strict(stack: LocalStack) -> Iterator[Script]:
    """The hook of a tenant that has its failures refuse."""
    del stack
    with scripted() as script:
        yield script


@failures
def test_a_failure_refuses_and_what_was_shown_is_good_for_another_time(
    strict: Script, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], failure: Failure
) -> None:
    assert_refuses(strict, caller, tenant, capsys, failure)


def test_so_does_a_hook_that_never_answers(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    with scripted(**SHORT) as script:
        line = assert_refuses(script, caller, tenant, capsys, SILENT)
    # Not half of the time the request has, which is what any call may take.
    assert line["policy_hook_ms"] < 7_000


def assert_refuses(
    script: Script, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], failure: Failure
) -> dict[str, Any]:
    """The log line of the request that failed."""
    step, kind = failure
    script.step = says(NOTHING, checked=False)
    ready = by_code(caller, tenant)
    capsys.readouterr()
    script.step = step
    assert_unavailable(ready.ask())
    line = last_log(capsys, "s3cr3t", "root", *ready.secrets)
    assert (line["reason"], line["policy_hook"]) == ("policy_hook_failed", kind)
    assert (line["policy_hook_failures"], line["kms_calls"]) == (1, 0)
    # AWS's, not the caller's: no security event.
    assert "audit" not in line
    script.step = says(ADDS, checked=False)
    assert unverified(ready.ask().json["access_token"])[1]["roles"] == []
    return line


@pytest.mark.parametrize("way", EVERY_WAY, ids=lambda way: way.__name__)
def test_by_whatever_way_nothing_is_lost(strict: Script, caller: Caller, tenant: Tenant, way: Way) -> None:
    strict.step = says(NOTHING, checked=False)
    vault(caller, tenant)
    ready = way(caller, tenant)
    strict.step = THROWS
    assert_unavailable(ready.ask())
    assert_unavailable(ready.ask())
    strict.step = says(NOTHING, checked=False)
    assert ready.ask().status == 200


def test_one_answer_that_was_lost_is_asked_for_again(strict: Script, caller: Caller, tenant: Tenant) -> None:
    answers = iter([cuts])

    def once_not(connection: socket) -> bool:
        return next(answers, says(ADDS, checked=False))(connection)

    strict.step = once_not
    response = for_a_client(caller, tenant).ask()
    assert unverified(response.json["access_token"])[1]["roles"] == []
