"""The password grant, and the faults of the stores and the keys: nothing stays that nobody was given."""

import pytest

from tests.support.client_app import ClientApp
from tests.support.faults import Aws, Kind
from tests.support.http import Caller
from tests.support.migration import by_password, password_client
from tests.support.refusal import assert_json_error
from tests.support.tenant import Person, Tenant


@pytest.fixture
def app(aws: Aws, caller: Caller, tenant: Tenant) -> ClientApp:
    del aws
    return ClientApp(password_client(tenant), caller)


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()


def states(tenant: Tenant, person: Person) -> list[str]:
    """Of all the person's grants."""
    return [item["state"] for item in tenant.table("Grants").items() if item.get("sub") == person.sub]


@pytest.mark.parametrize("kind", ["throttled", "lost", "torn"])
def test_one_fault_of_the_grants_beginning_is_not_noticed(
    aws: Aws, app: ClientApp, tenant: Tenant, person: Person, kind: Kind
) -> None:
    with aws.dynamodb.failing(kind, "PutItem", times=1, table="Grants") as fault:
        tokens = by_password(app, person).json
    assert fault.left == 0
    assert states(tenant, person) == ["active"]
    assert app.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("operation", ["PutItem", "Sign"])
def test_where_it_fails_no_grant_is_left_that_counts(
    aws: Aws, app: ClientApp, tenant: Tenant, person: Person, operation: str
) -> None:
    service = aws.kms if operation == "Sign" else aws.dynamodb
    table = "" if operation == "Sign" else "Grants"
    # The write came through, and its answer was lost.
    with service.failing("throttled" if operation == "Sign" else "lost", operation, table=table):
        answer = by_password(app, person)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert states(tenant, person) == ["revoked"]
    assert by_password(app, person).status == 200


def test_who_can_not_be_looked_up_is_given_nothing(
    aws: Aws, app: ClientApp, tenant: Tenant, person: Person
) -> None:
    with aws.dynamodb.failing("throttled", "GetItem", table="Users"):
        assert_json_error(by_password(app, person), "temporarily_unavailable", status=503)
    assert states(tenant, person) == []
