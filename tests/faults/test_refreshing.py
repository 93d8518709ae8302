"""A refresh token and the faults of the stores: nobody is signed out because a service was slow."""

from collections.abc import Iterator

import pytest

from tests.support.environment import changed_environment
from tests.support.faults import Aws
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

TRIES = 3


@pytest.fixture(scope="module", params=["30", "0"], ids=["grace 30", "grace 0"])
def grace(aws: Aws, request: pytest.FixtureRequest) -> Iterator[str]:
    """Every test with a grace window and without one."""
    del aws
    with changed_environment(REFRESH_TOKEN_GRACE=request.param):
        yield request.param


@pytest.fixture
def here(grace: str, caller: Caller, tenant: Tenant) -> Visit:
    del grace
    return visit(caller, tenant)


def first_token(here: Visit) -> str:
    tokens = here.app.redeem(here.code(scope="openid read offline_access")).json
    refresh_token: str = tokens["refresh_token"]
    return refresh_token


def successor(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    refresh_token: str = answer.json["refresh_token"]
    return refresh_token


def assert_unavailable(answer: Answer) -> None:
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"] == "2"


def assert_second(here: Visit, first: str, second: str) -> None:
    """The successor is of the second generation, good, and the first is over."""
    assert [token.split(".")[1] for token in (first, second)] == ["1", "2"]
    third = successor(here.app.refresh(second))
    assert_json_error(here.app.refresh(first), "invalid_grant")
    assert_json_error(here.app.refresh(third), "invalid_grant")


def test_the_grace_window_is_as_set(here: Visit, grace: str) -> None:
    first = first_token(here)
    second = successor(here.app.refresh(first))
    again = here.app.refresh(first)
    if grace == "0":
        assert_json_error(again, "invalid_grant")
    else:
        assert successor(again) == second


def test_after_signing_failed_the_same_token_works(
    aws: Aws, here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    first = first_token(here)
    with aws.kms.failing("throttled", "Sign"):
        assert_unavailable(here.app.refresh(first))
    assert last_log(capsys, first)["reason"] == "aws_throttled"
    assert_second(here, first, successor(here.app.refresh(first)))


def test_one_lost_answer_is_not_even_noticed(aws: Aws, here: Visit) -> None:
    first = first_token(here)
    with aws.dynamodb.failing("lost", "UpdateItem", times=1) as fault:
        answer = here.app.refresh(first)
    assert fault.left == 0
    assert_second(here, first, successor(answer))


def test_after_every_answer_was_lost_the_same_token_works(aws: Aws, here: Visit) -> None:
    first = first_token(here)
    with aws.dynamodb.failing("lost", "UpdateItem", times=TRIES):
        assert_unavailable(here.app.refresh(first))
    assert_second(here, first, successor(here.app.refresh(first)))


def test_a_fault_gives_a_token_used_long_ago_no_second_life(aws: Aws, here: Visit) -> None:
    first = first_token(here)
    third = successor(here.app.refresh(successor(here.app.refresh(first))))
    with aws.dynamodb.failing("lost", "UpdateItem", times=TRIES):
        assert_unavailable(here.app.refresh(first))
    assert_json_error(here.app.refresh(first), "invalid_grant")
    assert_json_error(here.app.refresh(third), "invalid_grant")


def test_a_constant_token_stays_good(aws: Aws, caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant, tenant.client())
    token = first_token(here)
    with aws.kms.failing("throttled", "Sign"):
        assert_unavailable(here.app.refresh(token))
    assert successor(here.app.refresh(token)) == token
