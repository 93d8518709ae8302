"""Clients of grants for migration, declared by an application's own stack: where the tenant has them on."""

import pytest

from tests.operations.conftest import Records, app_client, client
from tests.support.cloudformation import CloudFormation
from tests.support.environment import changed_environment


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    ("grant_type", "parameter"), [("password", "PasswordGrant"), ("implicit", "ImplicitGrant")]
)
def test_a_stack_gets_them_where_they_are_on(
    app: CloudFormation, records: Records, grant_type: str, parameter: str
) -> None:
    declared = {"password": client, "implicit": app_client}[grant_type](grant_types=[grant_type])
    with changed_environment(PASSWORD_GRANT="off", IMPLICIT_GRANT="off"):
        before = records.ids()
        assert app.create({"One": declared}) == "ROLLBACK_COMPLETE"
        (reason,) = app.reasons
        assert f"its parameter {parameter} switches it on" in reason
        assert records.ids() == before
    app.delete()
    assert app.create({"One": declared}) == "CREATE_COMPLETE"
    app.delete()
