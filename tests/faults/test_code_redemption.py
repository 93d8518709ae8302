"""A code and the faults of the stores: a retry is not taken for a replay, nor a replay for a retry."""

from typing import Any

import pytest

from tests.support.faults import Aws, Kind
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

TRIES = 3


@pytest.fixture
def here(aws: Aws, caller: Caller, tenant: Tenant) -> Visit:
    del aws
    return visit(caller, tenant)


def new_code(here: Visit) -> str:
    return here.code(scope="openid read offline_access")


def assert_unavailable(answer: Answer) -> None:
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"] == "2"


def assert_redeemed(here: Visit, answer: Answer) -> None:
    """The tokens are good, and the code is over: a replay revokes them."""
    assert answer.status == 200, answer.body
    tokens: dict[str, Any] = answer.json
    assert here.app.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("kind", ["throttled", "unavailable", "cut", "lost", "torn", "late"])
def test_one_fault_is_not_even_noticed(aws: Aws, here: Visit, kind: Kind) -> None:
    """Where the answer was lost (lost, torn, late), the second try finds its own write, not a replay."""
    code = new_code(here)
    with aws.dynamodb.failing(kind, "UpdateItem", times=1) as fault:
        answer = here.app.redeem(code)
    assert fault.left == 0
    assert_redeemed(here, answer)


@pytest.mark.parametrize("kind", ["throttled", "lost", "torn"])
def test_after_all_tries_failed_the_same_code_can_be_redeemed(
    aws: Aws, here: Visit, capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    code = new_code(here)
    with aws.dynamodb.failing(kind, "UpdateItem", times=TRIES) as fault:
        assert_unavailable(here.app.redeem(code))
    assert fault.left == 0
    reason = "aws_throttled" if kind == "throttled" else "aws_timeout"
    assert last_log(capsys, code.partition(".")[2])["reason"] == reason
    assert here.grant(code)["state"] == "approved"
    assert_redeemed(here, here.app.redeem(code))


@pytest.mark.parametrize("kind", ["throttled", "cut", "torn"])
def test_after_signing_failed_the_same_code_can_be_redeemed(aws: Aws, here: Visit, kind: Kind) -> None:
    code = new_code(here)
    before = here.grant(code)
    with aws.kms.failing(kind, "Sign"):
        assert_unavailable(here.app.redeem(code))
    # Undone: the grant stands as if nobody had come.
    assert here.grant(code) == before
    assert_redeemed(here, here.app.redeem(code))


def test_a_replay_after_a_retry_is_still_one(aws: Aws, here: Visit) -> None:
    code = new_code(here)
    with aws.dynamodb.failing("lost", "UpdateItem", times=1):
        answer = here.app.redeem(code)
    assert_json_error(here.app.redeem(code), "invalid_grant")
    assert here.grant(code)["state"] == "revoked"
    assert_json_error(here.app.refresh(answer.json["refresh_token"]), "invalid_grant")


def test_a_fault_while_a_spent_code_is_replayed_leaves_its_tokens(aws: Aws, here: Visit) -> None:
    """Undoing is for what this very attempt did: it never gives a spent code back."""
    code = new_code(here)
    answer = here.app.redeem(code)
    with aws.dynamodb.failing("throttled", "UpdateItem", times=TRIES):
        assert_unavailable(here.app.redeem(code))
    assert here.grant(code)["state"] == "active"
    assert here.app.refresh(answer.json["refresh_token"]).status == 200


def test_an_expired_code_does_not_come_back_by_a_fault(aws: Aws, here: Visit) -> None:
    code = new_code(here)
    here.tenant.table("Grants").change(here.grant(code), exp=1, code_exp=1)
    with aws.dynamodb.failing("lost", "UpdateItem", times=TRIES):
        assert_unavailable(here.app.redeem(code))
    assert_json_error(here.app.redeem(code), "invalid_grant")
