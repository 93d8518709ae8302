"""A client's secret: once, in Secrets Manager and nowhere else; another one where the template says so."""

import json
import time
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.operations.conftest import Records, Secrets, client, hash_of, resource_server
from tests.support.cloudformation import CloudFormation
from tests.support.custom_resource_provider import Provider
from tests.support.http import Caller
from tests.support.race import at_once
from tests.support.security_events import assert_valid

pytestmark = pytest.mark.usefixtures("nothing_left")
BY_KEY = {
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks_uri": "https://app.example.com/jwks",
}


def status(caller: Caller, client_id: str, secret: str) -> int:
    return caller.post("/token", {"grant_type": "client_credentials"}, auth=(client_id, secret)).status


def hashes(records: Records, client_id: str) -> Any:
    record = records.client(client_id)
    assert record
    return record.get("client_secret_hashes", [])


def test_a_secret_stands_in_no_answer_no_attribute_and_no_log(
    app: CloudFormation, provider: Provider, secrets: Secrets, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Any] = []
    ask = provider.ask

    def listening(event: dict[str, Any]) -> dict[str, Any] | None:
        answer = ask(event)
        told.append(answer)
        return answer

    provider.ask = listening  # type: ignore[method-assign]
    app.create({"Export": client()})
    first = secrets.of(app.ref("Export"))
    app.update({"Export": client(secret_version=2)})
    second = secrets.of(app.ref("Export"))
    app.update({"Export": client(secret_version=2, grant_types=["magic"])})
    app.delete()
    assert len(first) == len(second) == 86
    everything = json.dumps(told) + capsys.readouterr().out
    for secret in (first, second, hash_of(first), hash_of(second)):
        assert secret not in everything


def test_every_change_is_told_to_the_audit_trail_in_the_stacks_name(
    app: CloudFormation, capsys: pytest.CaptureFixture[str]
) -> None:
    app.create({"Export": client(), "Api": resource_server("urn:told")})
    client_id = app.ref("Export")
    app.update(
        {"Export": client(scope="read", secret_version=2), "Api": resource_server("urn:told", scopes={})}
    )
    app.delete()
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    told = [line["audit"] for line in lines if "audit" in line]
    for event in told:
        assert_valid(event)
        assert event["actor"] == {"kind": "stack", "id": app.stack_id}
    of_client = [(one["type"], one.get("members")) for one in told if one.get("client_id") == client_id]
    of_server = [(one["type"], one.get("members")) for one in told if one.get("resource") == "urn:told"]
    assert of_client == [
        ("client_created", None),
        ("client_changed", ["scope"]),
        ("client_secret_changed", None),
        ("client_deleted", None),
    ]
    assert of_server == [
        ("resource_server_created", None),
        ("resource_server_changed", ["scopes"]),
        ("resource_server_deleted", None),
    ]
    assert len({event["id"] for event in told}) == len(told) == 7


def test_another_version_gives_another_secret_and_the_former_is_good_for_a_while(
    app: CloudFormation, records: Records, secrets: Secrets, caller: Caller
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    first = secrets.of(client_id)
    rotated = {"Export": client(secret_version=2, former_secret_lifetime=3600)}
    assert app.update(rotated) == "UPDATE_COMPLETE", app.reasons
    second = secrets.of(client_id)
    assert second != first
    assert hashes(records, client_id) == [hash_of(second), hash_of(first)]
    record = records.client(client_id)
    assert record
    assert 3500 < record["former_secrets_expire_at"] - time.time() <= 3600
    assert [status(caller, client_id, one) for one in (first, second, "neither")] == [200, 200, 401]
    app.delete()


def test_a_former_secret_can_be_ended_at_once(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    app.create({"Export": client()})
    assert app.update({"Export": client(secret_version="leaked", former_secret_lifetime=0)}) == (
        "UPDATE_COMPLETE"
    )
    client_id = app.ref("Export")
    assert hashes(records, client_id) == [hash_of(secrets.of(client_id))]
    app.delete()


def test_a_rotation_that_is_rolled_back_gives_the_former_secret_back(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    first = secrets.of(client_id)
    assert app.update({"Export": client(secret_version=2)}, fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert secrets.of(client_id) == first
    # What was read in between stays good too: somebody may have started with it.
    assert hashes(records, client_id)[0] == hash_of(first)
    assert len(hashes(records, client_id)) == 2
    app.delete()


def test_a_way_without_secrets_and_back_keeps_the_secret(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    template = {"Export": client()}
    app.create(template)
    client_id = app.ref("Export")
    first = secrets.of(client_id)
    assert app.update({"Export": client(**BY_KEY)}, fails=True) == "UPDATE_ROLLBACK_COMPLETE", app.reasons
    assert hashes(records, client_id) == [hash_of(first)]
    assert app.update({"Export": client(**BY_KEY)}) == "UPDATE_COMPLETE"
    assert hashes(records, client_id) == []
    assert "client_secret_arn" not in app.resources["Export"].attributes
    assert app.update(template) == "UPDATE_COMPLETE"
    assert hashes(records, client_id) == [hash_of(secrets.of(client_id))]
    app.delete()


def test_a_secret_changed_or_deleted_by_hand_is_put_right_by_the_next_update(
    app: CloudFormation, records: Records, secrets: Secrets
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    name = f"keyturn-local/clients/{client_id}"
    first = secrets.of(client_id)
    secrets.service.put_secret_value(SecretId=name, SecretString="{}")
    assert app.update({"Export": client(client_name="Two")}) == "UPDATE_COMPLETE", app.reasons
    assert secrets.of(client_id) == first
    secrets.service.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    assert app.update({"Export": client(client_name="Three")}) == "UPDATE_COMPLETE", app.reasons
    assert secrets.of(client_id) == first
    secrets.service.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert app.update({"Export": client(client_name="Four")}) == "UPDATE_COMPLETE", app.reasons
    assert hashes(records, client_id)[0] == hash_of(secrets.of(client_id))
    app.delete()


def test_a_secret_somebody_else_keeps_under_the_name_is_not_touched(
    app: CloudFormation, secrets: Secrets
) -> None:
    name = "keyturn-local/clients/foreign"
    secrets.service.create_secret(Name=name, SecretString="foreign")
    try:
        assert app.create({"Export": client(client_id="foreign")}) == "ROLLBACK_COMPLETE"
        assert "was made elsewhere" in app.reasons[0]
        assert secrets.service.get_secret_value(SecretId=name)["SecretString"] == "foreign"
    finally:
        secrets.service.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_many_invocations_of_one_event_make_one_client_with_one_secret(
    app: CloudFormation, stack: LocalStack, provider: Provider, records: Records, secrets: Secrets
) -> None:
    """For a creation, and for a rotation, eight at the same moment."""

    def invoke(event: dict[str, Any]) -> None:
        at_once(lambda: stack.invoke("custom_resources", event), times=8)

    provider.invoke = invoke
    before = records.ids()
    for act in (app.create, app.update):
        version = 1 if act == app.create else 2
        assert act({"Export": client(secret_version=version)}).endswith("_COMPLETE"), app.reasons
        client_id = app.ref("Export")
        assert records.ids() - before == {f"client#{client_id}"}
        assert hashes(records, client_id)[0] == hash_of(secrets.of(client_id))
        assert len(secrets.versions(client_id)) == len(hashes(records, client_id)) == version
    assert app.delete() == "DELETE_COMPLETE", app.reasons
