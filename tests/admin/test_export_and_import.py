"""python -m infra.admin export and import: all of it, or it is said what not."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from chalicelib.accounts.password import verify_password
from chalicelib.aws.logins import LoginStore
from chalicelib.aws.registries import ClientRegistry
from infra.admin.import_plan import Plan
from infra.admin.transfer import _made
from tests.admin.conftest import Run, administered, empty
from tests.admin.operators_aws import OperatorsAws
from tests.stores.fresh import name, table
from tests.support.security_events import assert_valid
from tests.support.tenant import Tenant

PASSWORD = "a good long pass phrase"
TABLES = ("Clients", "Users")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "acme.jsonl")


@pytest.fixture
def records(run: Run, tenant: Tenant) -> dict[str, str]:
    """A tenant with one of each, and nothing else."""
    for which in TABLES:
        empty(tenant, which)
    resource = f"https://{name().lower()}.example/"
    run("resource-servers", "create", resource, "--name", "Notes", "--scope", "a:read=Read")
    client_id = run("clients", "create", "service", "--name", "Export", "--json").json["client_id"]
    login = f"ada{name().lower()}@example.com"
    sub = run("users", "create", login, "--password-stdin", "--json", typed=f"{PASSWORD}\n").json["sub"]
    return {"resource": resource, "client_id": client_id, "login": login, "sub": sub}


def kept(tenant: Tenant) -> list[Any]:
    """All records, without what every write changes, and what begins where a record does."""
    beside = {"revision", "updated_at", "client_id_issued_at", "signed_out_at"}
    items = [item for which in TABLES for item in administered(tenant, which)]
    return [{key: value for key, value in item.items() if key not in beside} for item in items]


def test_an_export_makes_the_tenant_anew(
    run: Run, tenant: Tenant, records: dict[str, str], file: str, aws: OperatorsAws
) -> None:
    before = kept(tenant)
    assert "3 records" in run("export", file, "--with-password-hashes").out
    assert Path(file).stat().st_mode & 0o777 == 0o600
    for which in TABLES:
        empty(tenant, which)
    aws.events.clear()
    shown = run("import", file, "--dry-run")
    assert "3 to create, 0 to change, 0 as they are" in shown.out
    assert kept(tenant) == []
    assert "3 of 3" in run("import", file, "--yes").out
    assert kept(tenant) == before
    assert verify_password(PASSWORD, LoginStore(table("Users")).get(records["login"]))
    assert "is as the file says" in run("import", file).out
    assert [event["type"] for event in aws.events] == [
        "resource_server_created", "client_created", "user_created",
    ]  # fmt: skip
    for event in aws.events:
        assert_valid(event)


def test_without_being_asked_no_password_hash_is_exported_and_no_secret_ever(
    run: Run, tenant: Tenant, records: dict[str, str]
) -> None:
    secret = run("clients", "create", "service", "--name", "S", "--json").json["client_secret"]
    out = run("export", "-").out
    assert "argon2" not in out
    assert secret not in out
    assert "argon2" in run("export", "-", "--with-password-hashes").out
    (line,) = [json.loads(line)["user"] for line in out.splitlines() if '"user":{' in line]
    for which in TABLES:
        empty(tenant, which)
    run("import", "-", "--yes", typed=out)
    credential = LoginStore(table("Users")).get(records["login"])
    assert line["login"] == records["login"]
    assert not verify_password(PASSWORD, credential)
    run("users", "set-password", records["login"], "--password-stdin", typed=f"{PASSWORD}\n")


def test_a_change_is_shown_asked_for_and_made(run: Run, records: dict[str, str], file: str) -> None:
    run("export", file)
    run("clients", "update", records["client_id"], "--name", "Changed")
    run("users", "update", records["login"], "--claim", "locale=en")
    asked = run("import", file, typed="no\n", code=1)
    assert "0 to create, 2 to change, 1 as they are" in asked.out
    assert "client_name" in asked.out
    assert "Nothing was changed" in asked.err
    assert run("clients", "show", records["client_id"], "--json").json["client_name"] == "Changed"
    run("import", file, typed="yes\n")
    assert run("clients", "show", records["client_id"], "--json").json["client_name"] == "Export"
    assert "locale" not in run("users", "show", records["login"], "--json").json["claims"]


def test_an_old_export_brings_no_session_back(run: Run, records: dict[str, str], file: str) -> None:
    run("export", file)
    run("users", "update", records["login"], "--claim", "locale=en")
    run("users", "sign-out", records["login"])
    ended = run("users", "show", records["login"], "--json").json["signed_out_at"]
    run("import", file, "--yes")
    after = run("users", "show", records["login"], "--json").json
    assert ended
    assert ("locale" in after["claims"], after["signed_out_at"]) == (False, ended)


def test_what_was_deleted_comes_back_without_its_sessions_and_tokens(
    run: Run, tenant: Tenant, records: dict[str, str], file: str
) -> None:
    clients, users = tenant.table("Clients"), tenant.table("Users")
    client = clients.find(id=f"client#{records['client_id']}")
    clients.change(client, client_id_issued_at=1)
    run("export", file, "--with-password-hashes")
    run("users", "delete", records["login"], "--yes")
    run("clients", "delete", records["client_id"], "--yes")
    began = int(time.time())
    run("import", file, "--yes")
    assert clients.find(id=f"client#{records['client_id']}")["client_id_issued_at"] >= began
    assert users.find(id=f"user#{records['sub']}")["signed_out_at"] >= began - 1


def test_who_is_disabled_or_has_another_password_by_an_import_is_signed_out(
    run: Run, tenant: Tenant, records: dict[str, str], file: str
) -> None:
    run("users", "disable", records["login"], "--yes")
    run("export", file, "--with-password-hashes")
    changes = (("users", "enable"), ("users", "set-password", "--password-stdin"))
    for (group, command, *options), member in zip(changes, ("disabled", "password_hash"), strict=True):
        run(group, command, records["login"], *options, typed="another pass phrase\n")
        person = tenant.table("Users").find(id=f"user#{records['sub']}")
        tenant.table("Users").change(person, signed_out_at=1)
        shown = run("import", file, "--dry-run").out
        assert member in shown
        run("import", file, "--yes")
        after = run("users", "show", records["login"], "--json").json
        assert after["disabled"] is True
        assert after["signed_out_at"] > 1


def test_a_renamed_person_comes_back_under_the_old_name_with_the_same_password(
    run: Run, records: dict[str, str], file: str
) -> None:
    run("export", file)
    other = f"ada{name().lower()}@example.com"
    run("users", "rename", records["login"], other)
    run("import", file, "--yes")
    assert verify_password(PASSWORD, LoginStore(table("Users")).get(records["login"]))
    assert LoginStore(table("Users")).get(other) is None


def test_a_login_name_of_somebody_else_stops_the_import_before_it_begins(
    run: Run, tenant: Tenant, records: dict[str, str], file: str
) -> None:
    run("export", file)
    run("users", "delete", records["login"], "--yes")
    run("users", "create", records["login"], "--no-password")
    run("clients", "delete", records["client_id"], "--yes")
    before = kept(tenant)
    refused = run("import", file, "--yes", code=1)
    assert records["login"] in refused.said
    assert kept(tenant) == before


def test_of_a_broken_file_nothing_is_imported(run: Run, tenant: Tenant, records: dict[str, str]) -> None:
    del records
    lines = run("export", "-").out.splitlines()
    empty(tenant, "Clients")
    before = kept(tenant)
    for broken in (lines[:-1], [*lines[:2], "{", *lines[2:]]):
        refused = run("import", "-", "--yes", typed="\n".join(broken), code=1)
        assert "Nothing was imported. -: line" in refused.said
    assert kept(tenant) == before


def test_an_import_that_ends_half_way_says_so_and_goes_on_when_run_again(
    run: Run, tenant: Tenant, records: dict[str, str], file: str, aws: OperatorsAws
) -> None:
    run("export", file)
    for which in TABLES:
        empty(tenant, which)
    aws.events.clear()
    aws.fail_after_puts = 1
    stopped = run("import", file, "--yes", code=1)
    assert "1 of 3 changes were made and stand" in stopped.said
    assert [event["type"] for event in aws.events] == ["resource_server_created"]
    aws.fail_after_puts = None
    assert "2 of 2" in run("import", file, "--yes").out
    assert ClientRegistry(table("Clients")).find(records["client_id"]) is not None


def test_whatever_ends_an_import_what_was_made_is_told() -> None:
    no_tenant: Any = object()
    stopped = _made(no_tenant, Plan(resource_servers=(), clients=(), trusted_issuers=(), users=()), of=3)
    assert stopped.failed is not None
    assert "AttributeError" in stopped.failed
    assert "0 of 3 changes were made and stand" in stopped.failed


def test_an_import_from_standard_input_does_not_ask(run: Run) -> None:
    assert "--yes or --dry-run" in run("import", "-", code=1).err
    assert "No such file" in run("import", "/nowhere/at/all", code=1).err
    assert "No such file" in run("export", "/nowhere/at/all", code=1).err
