"""Which tenant a command is about, and what an operator is told where it can't be reached."""

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from infra.admin.__main__ import main
from infra.admin.refused import CommandRefused
from infra.admin.tenant import _behind, local_tenant
from infra.local.running import read_running, write_running
from infra.local.stack import LocalStack
from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.admin.operators_policy import operators_policy
from tests.stores.fresh import active
from tests.support.tenant import API, Tenant


def test_a_command_without_a_tenant_says_what_to_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clients", "list"]) == 1
    assert "--tenant acme --stage prod" in capsys.readouterr().err
    assert main(["--tenant", "Acme", "--stage", "prod", "clients", "list"]) == 1
    assert "lower-case" in capsys.readouterr().err


def test_a_stack_that_is_not_there_is_named_with_its_account(run: Run) -> None:
    refused = run("clients", "list", stage="staging", code=1)
    assert "There is no stack keyturn-acme-staging in us-east-1, account 000000000000" in refused.said


def test_what_credentials_may_not_do_is_said_with_the_policy_it_takes(run: Run, aws: OperatorsAws) -> None:
    for denied in ("DescribeStacks", "Scan"):
        aws.denied = {denied}
        assert "docs/admin.md" in run("clients", "list", code=1).said


def test_a_change_that_could_not_be_audited_is_made_and_told(run: Run, aws: OperatorsAws) -> None:
    aws.events_fail = True
    ended = run("clients", "create", "service", "--name", "A", "--json", code=3)
    assert "audit trail could not be told" in ended.said.replace("\n", " ")
    run("clients", "show", ended.json["client_id"])


def test_a_tenant_without_an_audit_trail_is_administered_alike(run: Run, aws: OperatorsAws) -> None:
    aws.audited = False
    run("clients", "create", "service", "--name", "A")
    assert aws.events == []


def test_every_statement_of_the_operators_policy_is_used(run: Run, aws: OperatorsAws, tenant: Tenant) -> None:
    person = tenant.person()
    run("users", "rename", person.sub, person.login)
    active(sub=person.sub)
    run("users", "delete", person.login, "--yes")
    client_id = run("clients", "create", "api", "--name", "A", "--resource", API, "--json").json["client_id"]
    run("clients", "update", client_id, "--auth-method", "client_secret_jwt")
    run("clients", "delete", client_id, "--yes")
    run("clients", "list")
    run("keys", "list")
    run("metadata-documents", "list")
    run("logouts", "list")
    # That of the queue is none of the services enforced here.
    assert aws.used == {*(one.sid for one in operators_policy()), "SeeAndResendLogouts"}


def test_a_clock_that_is_off_does_not_date_records() -> None:
    headers = {"date": formatdate(time.time() + 120, usegmt=True)}
    assert 118 <= _behind({"ResponseMetadata": {"HTTPHeaders": headers}}) <= 121
    assert _behind({"ResponseMetadata": {"HTTPHeaders": {}}}) == 0


@pytest.fixture
def running(stack: LocalStack, tmp_path: Path) -> Path:
    """The file that make run leaves while it runs."""
    write_running(8000, stack.environment, directory=tmp_path)
    return tmp_path


def test_the_stack_of_make_run_is_administered_as_well(running: Path, tenant: Tenant) -> None:
    del tenant
    with local_tenant(8000, directory=running) as local:
        assert local.resource_servers.find(API).record.resource == API
        assert local.bus is None
    assert set(read_running(8000, directory=running) or {}) == {
        "issuer", "region", "dynamodb", "kms", "lambda", "secrets_key", "clients_table", "users_table",
        "grants_table", "documents_table", "migration", "sqs", "BackchannelLogoutFunction",
        "LogoutDeadLettersUrl",
    }  # fmt: skip


def test_where_nothing_runs_it_says_how_to_start_it(tmp_path: Path) -> None:
    for port, said in ((8000, "make run"), (9000, "make run PORT=9000")):
        with pytest.raises(CommandRefused, match=said), local_tenant(port, directory=tmp_path):
            pass


def test_where_it_ran_and_ended_it_says_so(stack: LocalStack, tmp_path: Path) -> None:
    gone = {**stack.environment, "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"}
    write_running(8000, gone, directory=tmp_path)
    with (
        pytest.raises(CommandRefused, match="Nothing runs on port 8000"),
        local_tenant(8000, directory=tmp_path) as local,
    ):
        local.clients.find("a")
