"""Resource servers, and their scopes with them, as resources of a stack."""

import pytest

from tests.operations.conftest import Records, app_client, client, resource_server
from tests.support.cloudformation import CloudFormation
from tests.support.custom_resource_provider import Provider

pytestmark = pytest.mark.usefixtures("nothing_left")
NOTES = "https://notes.example.com/"


def test_a_resource_server_is_made_with_its_scopes_and_named_by_its_resource(
    app: CloudFormation, records: Records
) -> None:
    api = resource_server(NOTES, access_token_lifetime=300, access_token_signing_alg="RS256")
    assert app.create({"Api": api}) == "CREATE_COMPLETE", app.reasons
    assert app.ref("Api") == app.get_att("Api", "resource") == NOTES
    record = records.resource_server(NOTES)
    assert record
    assert record["scopes"] == {"notes:read": "Read your notes"}
    assert (record["access_token_lifetime"], record["access_token_signing_alg"]) == (300, "RS256")
    assert app.delete() == "DELETE_COMPLETE"


def test_its_types_of_authorization_details_have_numbers_though_cloudformation_sends_text(
    app: CloudFormation, records: Records
) -> None:
    """What the tests' CloudFormation hands over as text as well."""
    item = {"type": "string", "maxLength": 80}
    schema = {
        "type": "object",
        "properties": {
            "notes": {"type": "array", "items": item, "maxItems": 9, "uniqueItems": True},
            "from": {"type": "integer", "minimum": 1},
            "kind": {"enum": ["1", "true"], "const": "1"},
            "free": {"type": "object", "additionalProperties": True},
        },
        "required": ["notes"],
        "additionalProperties": False,
    }
    api = resource_server(NOTES, access_token_format="opaque", authorization_details_types={"notes": schema})
    assert app.create({"Api": api}) == "CREATE_COMPLETE", app.reasons
    record = records.resource_server(NOTES)
    assert record
    assert record["authorization_details_types"] == {"notes": schema}
    assert record["access_token_format"] == "opaque"
    app.delete()


def test_scopes_come_and_go_in_place(app: CloudFormation, records: Records) -> None:
    app.create({"Api": resource_server(NOTES)})
    scopes = {"notes:write": "Write notes"}
    assert app.update({"Api": resource_server(NOTES, scopes=scopes)}) == "UPDATE_COMPLETE"
    record = records.resource_server(NOTES)
    assert record
    assert record["scopes"] == scopes
    app.delete()


def test_another_resource_replaces_it_and_a_rollback_keeps_the_first(
    app: CloudFormation, records: Records
) -> None:
    app.create({"Api": resource_server(NOTES)})
    other = {"Api": resource_server("urn:notes")}
    assert app.update(other, fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert (app.ref("Api"), records.resource_server("urn:notes")) == (NOTES, None)
    assert app.update(other) == "UPDATE_COMPLETE"
    assert (app.ref("Api"), records.resource_server(NOTES)) == ("urn:notes", None)
    app.delete()


def test_another_stacks_resource_server_is_neither_taken_over_nor_removed(
    app: CloudFormation, provider: Provider, records: Records
) -> None:
    app.create({"Api": resource_server(NOTES)})
    other = CloudFormation(provider, "other")
    assert other.create({"Api": resource_server(NOTES, resource_name="Mine now")}) == "ROLLBACK_COMPLETE"
    assert "Declare another resource" in other.reasons[0]
    record = records.resource_server(NOTES)
    assert record
    assert record["resource_name"] == "Notes API"
    app.delete()


def test_what_was_changed_by_hand_is_put_right_by_the_next_update_and_told(
    app: CloudFormation, records: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    app.create({"Api": resource_server(NOTES)})
    record = records.resource_server(NOTES)
    assert record
    records.table.change(record, scopes={"all": "Everything"}, revision="by hand")
    capsys.readouterr()
    app.update({"Api": resource_server(NOTES, resource_name="Notes")})
    record = records.resource_server(NOTES)
    assert record
    assert record["scopes"] == {"notes:read": "Read your notes"}
    assert '"drift":["scopes"]' in capsys.readouterr().out
    records.table.delete(id=f"resource#{NOTES}")
    assert app.update({"Api": resource_server(NOTES)}) == "UPDATE_COMPLETE", app.reasons
    assert records.resource_server(NOTES)
    app.delete()


def test_a_client_names_the_resource_server_of_its_own_stack(app: CloudFormation, records: Records) -> None:
    template = {
        "Spa": app_client(allowed_resources=[{"Ref": "Api"}]),
        "Service": client(grant_types=[], resources=[{"Fn::GetAtt": ["Api", "resource"]}]),
        "Api": resource_server(NOTES),
    }
    assert app.create(template) == "CREATE_COMPLETE", app.reasons
    for name, member in (("Spa", "allowed_resources"), ("Service", "resources")):
        record = records.client(app.ref(name))
        assert record
        assert record[member] == [NOTES]
    assert app.delete() == "DELETE_COMPLETE"
