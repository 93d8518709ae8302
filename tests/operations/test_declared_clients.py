"""Clients as resources of a stack: made, changed, replaced, rolled back, removed, and none left over."""

import pytest

from tests.operations.conftest import Records, Secrets, app_client, client, hash_of
from tests.support.cloudformation import CloudFormation
from tests.support.custom_resource_provider import Provider
from tests.support.http import Caller
from tests.support.tenant import Tenant

pytestmark = pytest.mark.usefixtures("nothing_left")


def test_a_declared_client_gets_a_token_with_the_secret_its_stack_names(
    app: CloudFormation, secrets: Secrets, caller: Caller
) -> None:
    assert app.create({"Export": client()}) == "CREATE_COMPLETE", app.reasons
    client_id = app.ref("Export")
    assert client_id == app.get_att("Export", "client_id")
    assert client_id.startswith("app-Export-")
    assert app.get_att("Export", "issuer") == caller.issuer
    arn = app.get_att("Export", "client_secret_arn")
    assert f":secret:keyturn-local/clients/{client_id}-" in arn
    answer = caller.post(
        "/token", {"grant_type": "client_credentials"}, auth=(client_id, secrets.of(client_id))
    )
    assert answer.status == 200, answer.body
    assert app.delete() == "DELETE_COMPLETE"
    refused = caller.post("/token", {"grant_type": "client_credentials"}, auth=(client_id, "anything"))
    assert refused.status == 401


def test_a_public_client_has_no_secret(app: CloudFormation, records: Records, secrets: Secrets) -> None:
    before = secrets.names()
    assert app.create({"Spa": app_client()}) == "CREATE_COMPLETE", app.reasons
    record = records.client(app.ref("Spa"))
    assert record
    assert record["redirect_uris"] == ["https://notes.example.com/callback"]
    assert record["scope"] == ["openid", "offline_access", "read"]
    assert "client_secret_hashes" not in record
    assert "client_secret_arn" not in app.resources["Spa"].attributes
    assert secrets.names() == before
    assert app.delete() == "DELETE_COMPLETE"


def test_every_event_may_come_several_times(
    app: CloudFormation, provider: Provider, records: Records, secrets: Secrets
) -> None:
    provider.deliveries = 3
    before = records.ids()
    assert app.create({"Export": client()}) == "CREATE_COMPLETE", app.reasons
    assert records.ids() - before == {f"client#{app.ref('Export')}"}
    assert len(secrets.versions(app.ref("Export"))) == 1
    assert app.update({"Export": client(client_name="Export")}) == "UPDATE_COMPLETE"
    assert app.delete() == "DELETE_COMPLETE", app.reasons


def test_an_update_changes_the_client_in_place_and_leaves_its_secret(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    secret = secrets.of(client_id)
    assert app.update({"Export": client(scope="read")}) == "UPDATE_COMPLETE", app.reasons
    assert app.ref("Export") == client_id
    record = records.client(client_id)
    assert record
    assert record["scope"] == ["read"]
    assert record["client_secret_hashes"] == [hash_of(secret)]
    assert secrets.of(client_id) == secret
    app.delete()


def test_a_property_left_out_is_as_by_default_again(app: CloudFormation, records: Records) -> None:
    app.create({"Spa": app_client(client_uri="https://notes.example.com/", rotate_refresh_tokens=True)})
    record = records.client(app.ref("Spa"))
    assert record
    assert record["rotate_refresh_tokens"] is True
    app.update({"Spa": app_client()})
    record = records.client(app.ref("Spa"))
    assert record
    assert not {"client_uri", "rotate_refresh_tokens"} & set(record)
    app.delete()


def test_a_chosen_client_id_is_the_name_and_another_one_replaces_the_client(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    app.create({"Export": client(client_id="export-1")})
    assert app.ref("Export") == "export-1"
    assert app.update({"Export": client(client_id="export-2")}) == "UPDATE_COMPLETE", app.reasons
    assert app.ref("Export") == "export-2"
    assert records.client("export-1") is None
    assert records.client("export-2")
    assert "keyturn-local/clients/export-1" not in secrets.names()
    assert app.update({"Export": client()}) == "UPDATE_COMPLETE", app.reasons
    assert records.client("export-2") is None
    assert records.client(app.ref("Export"))
    app.delete()


@pytest.mark.parametrize("first", [{}, {"client_id": "export-1"}])
@pytest.mark.parametrize("second", [{}, {"client_id": "export-2"}, {"scope": "read"}])
def test_a_failed_update_leaves_everything_as_it_was(
    app: CloudFormation, records: Records, secrets: Secrets, first: dict[str, str], second: dict[str, str]
) -> None:
    template = {"Export": client(**first)}
    app.create(template)
    client_id = app.ref("Export")
    secret, clients = secrets.of(client_id), records.ids()
    record = records.client(client_id)
    changed = {"Export": client(**second), "Other": app_client()}
    assert app.update(changed, fails=True) == "UPDATE_ROLLBACK_COMPLETE", app.reasons
    assert app.ref("Export") == client_id
    assert (secrets.of(client_id), records.ids()) == (secret, clients)
    now = records.client(client_id)
    assert record
    assert now
    assert {**now, "revision": "", "updated_at": 0} == {**record, "revision": "", "updated_at": 0}
    assert app.update(changed) == "UPDATE_COMPLETE"
    app.delete()


def test_a_failed_creation_leaves_nothing(app: CloudFormation) -> None:
    assert app.create({"Export": client(), "Spa": app_client()}, fails=True) == "ROLLBACK_COMPLETE"


def test_a_client_that_cannot_be_made_is_rolled_back_without_a_name(app: CloudFormation) -> None:
    assert app.create({"Export": client(grant_types=["magic"])}) == "ROLLBACK_COMPLETE"
    assert app.create({"Export": client(client_id="no good")}) == "ROLLBACK_COMPLETE"
    assert len(app.reasons) == 2


def test_another_stacks_client_is_neither_taken_over_nor_removed(
    app: CloudFormation, provider: Provider, records: Records
) -> None:
    app.create({"Export": client(client_id="shared")})
    other = CloudFormation(provider, "other")
    assert other.create({"Export": client(client_id="shared")}) == "ROLLBACK_COMPLETE"
    assert "client_id" in other.reasons[0]
    assert records.client("shared")
    # Not of the same stack either, by another resource of it.
    assert app.update({"Export": client(client_id="shared"), "Two": client(client_id="shared")}) == (
        "UPDATE_ROLLBACK_COMPLETE"
    )
    assert records.client("shared")
    app.delete()


def test_a_client_registered_by_hand_is_neither_taken_over_nor_removed(
    app: CloudFormation, tenant: Tenant, records: Records
) -> None:
    by_hand = tenant.client(client_id="by-hand")
    try:
        assert app.create({"Export": client(client_id="by-hand")}) == "ROLLBACK_COMPLETE"
        record = records.client("by-hand")
        assert record
        assert record["client_name"] == by_hand.client_name
    finally:
        records.forget("by-hand")


def test_a_retained_client_is_taken_up_again_by_the_same_resource_of_the_same_stack(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    secret = secrets.of(client_id)
    app.resources.clear()  # DeletionPolicy: Retain, and out of the template
    assert app.update({"Export": client(scope="read")}) == "UPDATE_COMPLETE", app.reasons
    assert (app.ref("Export"), secrets.of(client_id)) == (client_id, secret)
    record = records.client(client_id)
    assert record
    assert record["scope"] == ["read"]
    app.delete()


def test_what_is_gone_is_removed_with_success(app: CloudFormation, records: Records) -> None:
    app.create({"Export": client(client_id="gone")})
    records.forget("gone")
    assert app.delete() == "DELETE_COMPLETE", app.reasons


def test_what_was_changed_or_deleted_by_hand_is_put_right_by_the_next_update(
    app: CloudFormation, records: Records, secrets: Secrets, capsys: pytest.CaptureFixture[str]
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    record = records.client(client_id)
    assert record
    records.table.change(record, scope=["everything"], revision="by hand")
    capsys.readouterr()
    assert app.update({"Export": client(client_name="Export")}) == "UPDATE_COMPLETE"
    record = records.client(client_id)
    assert record
    assert record["scope"] == ["read", "write"]
    assert '"drift":["scope"]' in capsys.readouterr().out
    secret = secrets.of(client_id)
    records.forget(client_id)
    assert app.update({"Export": client()}) == "UPDATE_COMPLETE", app.reasons
    record = records.client(client_id)
    assert record
    assert record["client_secret_hashes"] == [hash_of(secret)]
    app.delete()
