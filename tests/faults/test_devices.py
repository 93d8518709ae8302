"""A device and the faults of the stores and the keys: what failed can be done again, and is done once."""

from typing import Any

import pytest

from chalicelib.protocol.interaction import hash_identifier
from tests.support.browser import forms
from tests.support.device import Device, connect, device, enter
from tests.support.faults import Aws, Kind
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, assert_page, last_log
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

TRIES = 3


@pytest.fixture
def here(aws: Aws, caller: Caller, tenant: Tenant) -> Visit:
    del aws
    return visit(caller, tenant)


@pytest.fixture
def tv(aws: Aws, caller: Caller, tenant: Tenant) -> Device:
    del aws
    return device(caller, tenant)


@pytest.fixture
def allowed(tv: Device, here: Visit) -> Device:
    connect(here.browser, here.person, tv.ask().user_code)
    return tv


def assert_unavailable(answer: Answer) -> None:
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"] == "2"


def assert_redeemed(tv: Device, answer: Answer) -> None:
    assert answer.status == 200, answer.body
    tokens: dict[str, Any] = answer.json
    assert tv.app.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("kind", ["throttled", "cut", "lost", "torn"])
@pytest.mark.parametrize("which", ["Requests", "Grants"])
def test_one_fault_of_an_authorization_is_not_even_noticed(
    aws: Aws, tv: Device, here: Visit, kind: Kind, which: str
) -> None:
    with aws.dynamodb.failing(kind, "PutItem", times=1, table=which) as fault:
        tv.ask()
    assert fault.left == 0
    connect(here.browser, here.person, tv.user_code)
    assert_redeemed(tv, tv.poll())


@pytest.mark.parametrize("kind", ["throttled", "lost"])
@pytest.mark.parametrize("which", ["Requests", "Grants"])
def test_an_authorization_that_failed_can_be_asked_again(
    aws: Aws, tv: Device, here: Visit, kind: Kind, which: str
) -> None:
    with aws.dynamodb.failing(kind, "PutItem", times=TRIES, table=which) as fault:
        assert_unavailable(tv.authorize())
    assert fault.left == 0
    connect(here.browser, here.person, tv.ask().user_code)
    assert_redeemed(tv, tv.poll())


@pytest.mark.parametrize("kind", ["throttled", "unavailable", "cut", "lost", "torn", "late"])
def test_one_fault_of_a_poll_is_not_even_noticed(aws: Aws, tv: Device, kind: Kind) -> None:
    """Where the answer was lost, the second try finds its own write, and no device that polls too often."""
    tv.ask()
    with aws.dynamodb.failing(kind, "UpdateItem", times=1) as fault:
        answer = tv.poll()
    assert fault.left == 0
    assert_json_error(answer, "authorization_pending")
    assert tv.grant["interval"] == 5


@pytest.mark.parametrize("kind", ["throttled", "unavailable", "cut", "lost", "torn", "late"])
def test_one_fault_of_a_redemption_is_not_even_noticed(aws: Aws, allowed: Device, kind: Kind) -> None:
    with aws.dynamodb.failing(kind, "UpdateItem", times=1) as fault:
        answer = allowed.poll()
    assert fault.left == 0
    assert_redeemed(allowed, answer)


@pytest.mark.parametrize("kind", ["throttled", "lost", "torn"])
def test_after_all_tries_failed_the_same_code_can_be_redeemed(
    aws: Aws, allowed: Device, capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    with aws.dynamodb.failing(kind, "UpdateItem", times=TRIES) as fault:
        assert_unavailable(allowed.poll())
    assert fault.left == 0
    assert last_log(capsys)["reason"] == ("aws_throttled" if kind == "throttled" else "aws_timeout")
    assert allowed.grant["state"] == "approved"
    assert_redeemed(allowed, allowed.poll())


@pytest.mark.parametrize("kind", ["throttled", "cut", "torn"])
def test_after_signing_failed_the_same_code_can_be_redeemed(aws: Aws, allowed: Device, kind: Kind) -> None:
    before = allowed.grant
    with aws.kms.failing(kind, "Sign"):
        assert_unavailable(allowed.poll())
    assert {**allowed.grant, "next_poll_at": before["next_poll_at"]} == before
    assert_redeemed(allowed, allowed.poll())


def test_a_fault_while_a_spent_code_is_replayed_leaves_its_tokens(aws: Aws, allowed: Device) -> None:
    tokens = allowed.tokens()
    with aws.dynamodb.failing("throttled", "UpdateItem", times=TRIES):
        assert_unavailable(allowed.poll())
    assert allowed.app.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("kind", ["throttled", "cut", "lost", "torn"])
def test_one_fault_of_a_decision_is_not_even_noticed(
    aws: Aws, tv: Device, here: Visit, kind: Kind, decision: str
) -> None:
    enter(here.browser, tv.ask().user_code)
    with aws.dynamodb.failing(kind, "UpdateItem", times=1, table="Grants") as fault:
        answer = here.browser.consent(decision)
    assert fault.left == 0
    assert ("Your device is connected" if decision == "allow" else "Nothing was connected") in answer.body


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("kind", ["throttled", "lost"])
def test_a_decision_that_failed_can_be_sent_again(
    aws: Aws, tv: Device, here: Visit, kind: Kind, decision: str
) -> None:
    """Lost to the person though it was made, or never made: the same form says what they decided."""
    (form,) = forms(enter(here.browser, tv.ask().user_code).body)
    fields = {**form.fields, "decision": decision}
    with aws.dynamodb.failing(kind, "UpdateItem", times=TRIES, table="Grants") as fault:
        assert_page(here.browser.submit("/device", fields), status=503)
    assert fault.left == 0
    answer = here.browser.submit("/device", fields)
    assert ("Your device is connected" if decision == "allow" else "Nothing was connected") in answer.body
    assert tv.grant["approval"] == hash_identifier(form.fields["interaction"])
