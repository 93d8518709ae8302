"""Clients of grants that are for migration, from the command line of a tenant that has them on or off."""

from pathlib import Path

from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.support.tenant import Tenant

CREATE = ("clients", "create", "web", "--name", "Old CRM", "--redirect-uri", "https://old.example.com/")
GRANT = ("--grant-type", "password")


def test_a_tenant_that_has_it_off_says_what_switches_it_on(run: Run, tenant: Tenant) -> None:
    before = tenant.table("Clients").items()
    refused = run(*CREATE, *GRANT, code=1)
    assert "PasswordGrant" in refused.err
    assert tenant.table("Clients").items() == before


def test_the_stacks_parameters_say_what_is_on(run: Run, tenant: Tenant, aws: OperatorsAws) -> None:
    del tenant
    aws.parameters = {"PasswordGrant": "on", "ImplicitGrant": "off"}
    assert run(*CREATE, *GRANT, "--json").json["grant_types"] == ["password"]
    assert "ImplicitGrant" in run(*CREATE, "--grant-type", "implicit", code=1).err


def test_an_import_brings_nothing_that_is_off_here(
    run: Run, tenant: Tenant, aws: OperatorsAws, tmp_path: Path
) -> None:
    file = str(tmp_path / "acme.jsonl")
    aws.parameters = {"PasswordGrant": "on"}
    client_id = run(*CREATE, *GRANT, "--json").json["client_id"]
    run("export", file)
    tenant.table("Clients").delete(id=f"client#{client_id}")
    aws.parameters = {}
    refused = run("import", file, "--yes", code=1)
    assert f"Nothing was imported. The client {client_id}:" in " ".join(refused.err.split())
    assert tenant.table("Clients").at(id=f"client#{client_id}") is None
    aws.parameters = {"PasswordGrant": "on"}
    run("import", file, "--yes")
    assert tenant.table("Clients").find(id=f"client#{client_id}")["grant_types"] == ["password"]
    tenant.table("Clients").delete(id=f"client#{client_id}")
