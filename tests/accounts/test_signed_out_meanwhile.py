"""An approval under way while its person is signed out everywhere: what it gives ends with all they had."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.aws.connections import Calls, dynamodb, dynamodb_through
from chalicelib.deadline import seconds_left
from chalicelib.protocol.approval import APPROVAL_SECONDS
from chalicelib.record import replace
from infra.admin.settling import INDEX_SECONDS, SETTLE_SECONDS
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.device import device, enter
from tests.support.environment import skip_where_deployed
from tests.support.http import Answer, Caller
from tests.support.migration import by_password, password_client
from tests.support.operator import people
from tests.support.race import PATIENCE
from tests.support.refusal import assert_json_error
from tests.support.tenant import Tenant


@dataclass
class Slow:
    """DynamoDB, in which grants that functions write take until `go`; `had` is how long each had."""

    upstream: Calls
    table: str
    came: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    had: list[float] = field(default_factory=list)

    def call(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        writes = operation in {"PutItem", "UpdateItem"} and members.get("TableName") == self.table
        # The operator is the main thread.
        if writes and threading.current_thread() is not threading.main_thread():
            self.had.append(seconds_left() or float("inf"))
            self.came.set()
            assert self.go.wait(PATIENCE)
        return self.upstream.call(operation, members)


def disabled_while(act: Callable[[], Answer], sub: str, *, looks_again: bool = True) -> tuple[Answer, float]:
    """The answer to a request that read this person before they were disabled, and wrote after; and how many
    seconds it had for writing. With `looks_again`, the operator's last look for grants comes after that.
    """
    answers: list[Answer] = []
    slow = Slow(dynamodb(), os.environ["GRANTS_TABLE"])
    request = threading.Thread(target=lambda: answers.append(act()), daemon=True)

    def settle() -> None:
        if looks_again:
            slow.go.set()
            request.join(PATIENCE)

    with dynamodb_through(slow):
        request.start()
        assert slow.came.wait(PATIENCE)
        replace(people(), settle=settle).disable(sub, now=1)
        slow.go.set()
        request.join(PATIENCE)
    (answer,) = answers
    return answer, max(slow.had)


@pytest.fixture(autouse=True)
def in_process() -> None:
    skip_where_deployed()


def test_a_code_of_somebody_disabled_meanwhile_is_not_redeemed(caller: Caller, tenant: Tenant) -> None:
    person, browser, app = tenant.person(), Browser(caller), ClientApp(tenant.public_client(), caller)
    app.code(browser, person)
    answer, had = disabled_while(lambda: browser.open("/authorize", app.request()), person.sub)
    assert had <= APPROVAL_SECONDS
    assert_json_error(app.redeem(answer.query["code"]), "invalid_grant")


def test_a_device_of_somebody_disabled_meanwhile_gets_nothing(caller: Caller, tenant: Tenant) -> None:
    person, browser, tv = tenant.person(), Browser(caller), device(caller, tenant).ask()
    enter(browser, tv.user_code)
    browser.sign_in(person)
    _, had = disabled_while(lambda: browser.consent("allow"), person.sub)
    assert had <= APPROVAL_SECONDS
    assert_json_error(tv.poll(), "invalid_grant")


def test_a_password_of_somebody_disabled_meanwhile_brings_nothing(caller: Caller, tenant: Tenant) -> None:
    person, app = tenant.person(), ClientApp(password_client(tenant), caller)
    # A token request may take long, and looks once more instead: nobody need look after it.
    answer, _ = disabled_while(lambda: by_password(app, person), person.sub, looks_again=False)
    assert_json_error(answer, "invalid_grant")
    assert [item["state"] for item in tenant.table("Grants").items() if item.get("sub") == person.sub] == [
        "revoked"
    ]


def test_who_disables_somebody_waits_for_what_is_under_way() -> None:
    assert SETTLE_SECONDS >= APPROVAL_SECONDS + INDEX_SECONDS
