"""Exchanges and assertions, and the faults of the stores and the keys: what failed can be done again."""

import pytest

from tests.support.assertions import Federation, federation
from tests.support.exchange import Middle, middle
from tests.support.faults import Aws, Kind
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error
from tests.support.tenant import Tenant

TRIES = 3


@pytest.fixture
def idp(aws: Aws, caller: Caller, tenant: Tenant) -> Federation:
    del aws
    return federation(caller, tenant)


@pytest.fixture
def api(aws: Aws, caller: Caller, tenant: Tenant) -> Middle:
    del aws
    return middle(caller, tenant)


def assert_unavailable(answer: Answer) -> None:
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("kind", ["throttled", "lost", "torn"])
def test_one_fault_of_a_grants_beginning_is_not_noticed(aws: Aws, idp: Federation, kind: Kind) -> None:
    assertion = idp.assertion()
    with aws.dynamodb.failing(kind, "PutItem", times=1, table="Grants") as fault:
        assert idp.present(assertion).status == 200
    assert fault.left == 0
    assert_json_error(idp.present(assertion), "invalid_grant")


@pytest.mark.parametrize("kind", ["throttled", "lost"])
def test_an_assertion_whose_use_was_not_told_can_be_used_again_and_once(
    aws: Aws, idp: Federation, kind: Kind
) -> None:
    assertion = idp.assertion()
    with aws.dynamodb.failing(kind, "PutItem", times=TRIES, table="Grants"):
        assert_unavailable(idp.present(assertion))
    assert idp.present(assertion).status == 200
    assert_json_error(idp.present(assertion), "invalid_grant")


def test_an_assertion_is_not_spent_where_nothing_can_be_signed(aws: Aws, idp: Federation) -> None:
    assertion = idp.assertion()
    with aws.kms.failing("throttled", "Sign"):
        assert_unavailable(idp.present(assertion))
    assert idp.present(assertion).status == 200
    assert_json_error(idp.present(assertion), "invalid_grant")


def test_where_undoing_fails_too_the_first_fault_is_told(aws: Aws, idp: Federation) -> None:
    with aws.dynamodb.failing("throttled", "PutItem", "UpdateItem", table="Grants"):
        assert_unavailable(idp.present(idp.assertion()))


@pytest.mark.parametrize("kind", ["throttled", "cut"])
def test_a_token_is_not_exchanged_unless_it_is_known_to_count(aws: Aws, api: Middle, kind: Kind) -> None:
    token = api.token()
    with aws.dynamodb.failing(kind, "BatchGetItem"):
        assert_unavailable(api.exchange(token))
    with aws.kms.failing("throttled", "Sign"):
        assert_unavailable(api.exchange(token))
    assert api.exchange(token).status == 200
