"""python -m infra.admin resource-servers."""

import json
import re
import secrets
from pathlib import Path

from chalicelib.administration.clients import ClientAdministration
from chalicelib.administration.resource_servers import ResourceServerAdministration
from chalicelib.aws.registries import ClientRegistry, ResourceServerRegistry
from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.stores.fresh import NOW, name, table
from tests.support.security_events import assert_valid


def test_a_resource_server_is_made_changed_and_deleted(run: Run, aws: OperatorsAws) -> None:
    resource = f"https://{name().lower()}.example/"
    run(
        "resource-servers",
        "create",
        resource,
        "--name",
        "Notes",
        "--scope",
        "a:read=Read",
        "--lifetime",
        "5m",
    )
    shown = run("resource-servers", "show", resource)
    for words in (resource, "Notes", "a:read: Read", "300"):
        assert words in shown.out
    run("resource-servers", "set-scope", resource, "a:write=Write it")
    run("resource-servers", "remove-scope", resource, "a:read")
    assert "Nothing changes" in run("resource-servers", "set-scope", resource, "a:write=Write it").out
    after = run("resource-servers", "update", resource, "--alg", "RS256", "--json").json
    assert (after["scopes"], after["access_token_signing_alg"]) == ({"a:write": "Write it"}, "RS256")
    assert resource in run("resource-servers", "list", "--limit", "0").out
    client = run("clients", "create", "api", "--name", "A", "--resource", resource, "--json").json[
        "client_id"
    ]
    asked = run("resource-servers", "delete", resource, typed="no\n", code=1)
    assert client in asked.said
    run("resource-servers", "delete", resource, "--yes")
    assert "There is no resource server" in run("resource-servers", "show", resource, code=1).said
    types = [event["type"] for event in aws.events if "resource" in event]
    assert types == ["resource_server_created", *["resource_server_changed"] * 3, "resource_server_deleted"]
    for event in aws.events:
        assert_valid(event)


def test_the_format_of_tokens_and_types_of_authorization_details_are_shown_and_changed(
    run: Run, tmp_path: Path
) -> None:
    resource = f"https://{name().lower()}.example/"
    run("resource-servers", "create", resource, "--name", "Notes", "--format", "opaque")
    assert re.search(
        r"^access_token_format +opaque$", run("resource-servers", "show", resource).out, re.MULTILINE
    )
    schema = {"type": "object", "properties": {"actions": {"type": "array", "items": {"type": "string"}}}}
    document = tmp_path / "types.json"
    document.write_text(json.dumps({"authorization_details_types": {"notes": schema}}))
    after = run("resource-servers", "update", resource, "--document", str(document), "--json").json
    assert after["authorization_details_types"] == {"notes": schema}
    assert "notes" in run("resource-servers", "show", resource).out
    assert (
        "access_token_format"
        not in run("resource-servers", "update", resource, "--format", "jwt", "--json").json
    )
    document.write_text(json.dumps({"authorization_details_types": {"notes": {"pattern": "a"}}}))
    wrong = run("resource-servers", "update", resource, "--document", str(document), code=1)
    assert "pattern is none of the keywords" in wrong.said


def test_a_wrong_one_is_refused(run: Run) -> None:
    assert (
        "jwt, opaque"
        in run("resource-servers", "create", "urn:a", "--name", "N", "--format", "x", code=1).err
    )
    assert "absolute URI" in run("resource-servers", "create", "notes", "--name", "N", code=1).err
    assert (
        "seconds" in run("resource-servers", "create", "urn:a", "--name", "N", "--lifetime", "9d", code=1).err
    )
    assert "no member nme" in run("clients", "update", "a", "--unset", "nme", code=1).err


def test_who_changes_what_a_stack_declared_is_told_so(run: Run) -> None:
    resource, owner, random = (
        f"https://{name().lower()}.example/",
        "arn:aws:stack/app Api",
        secrets.token_urlsafe,
    )
    ResourceServerAdministration(
        resource_servers=ResourceServerRegistry(table("Clients")), random=random, owner=owner
    ).register(resource, {"resource_name": "A"}, now=NOW)
    clients = ClientAdministration(clients=ClientRegistry(table("Clients")), random=random, owner=owner)
    metadata = {"client_name": "A", "token_endpoint_auth_method": "none", "grant_types": []}
    client_id = clients.register(metadata, client_id=f"a{name()}", secret=None, now=NOW).record.client_id
    for changed in (
        run("resource-servers", "update", resource, "--name", "B"),
        run("clients", "update", client_id, "--name", "B"),
    ):
        assert "takes changes by hand back" in changed.said
    assert "will miss it" in run("clients", "delete", client_id, typed="yes\n").said
