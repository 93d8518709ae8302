"""Issuers whose assertions are grants, as resources of the stack whose client presents them."""

import time
import uuid
from typing import Any

import pytest

from chalicelib.protocol.supported import JWT_BEARER
from tests.operations.conftest import Records, Secrets, client, resource_server, trusted_issuer
from tests.support.client_key import client_key
from tests.support.cloudformation import CloudFormation
from tests.support.custom_resource_provider import Provider
from tests.support.http import Caller

pytestmark = pytest.mark.usefixtures("nothing_left")
ACME = "https://idp.acme.example"
NOTES = "https://declared-notes.example.com/"
KEY = client_key(kid="acme")


def test_a_stacks_client_has_tokens_by_assertions_of_the_issuer_its_stack_declares(
    app: CloudFormation, secrets: Secrets, caller: Caller
) -> None:
    template = {
        "Api": resource_server(NOTES),
        "Import": client(grant_types=[JWT_BEARER], scope="notes:read"),
        "Acme": trusted_issuer(
            ACME, jwks={"keys": [KEY.jwk()]}, clients=[{"Ref": "Import"}], scope="notes:read"
        ),
    }
    assert app.create(template) == "CREATE_COMPLETE", app.reasons
    assert app.ref("Acme") == app.get_att("Acme", "issuer") == ACME
    audience = app.get_att("Acme", "audience")
    assert audience == caller.issuer
    client_id = app.ref("Import")

    def present() -> int:
        now = int(time.time())
        claims = {"iss": ACME, "sub": "alice", "aud": audience, "exp": now + 60, "jti": str(uuid.uuid4())}
        request = {"grant_type": JWT_BEARER, "assertion": KEY.sign(claims), "resource": NOTES}
        return caller.post("/token", request, auth=(client_id, secrets.of(client_id))).status

    assert present() == 200
    assert app.delete() == "DELETE_COMPLETE", app.reasons


def test_its_members_are_typed_and_go_back_to_what_they_are_by_default(
    app: CloudFormation, records: Records
) -> None:
    acme = trusted_issuer(ACME, max_lifetime=120, id_jag=True, algorithms=["ES256"], audiences=["urn:a"])
    assert app.create({"Acme": acme}) == "CREATE_COMPLETE", app.reasons
    record = records.trusted_issuer(ACME)
    assert record
    assert (record["max_lifetime"], record["id_jag"]) == (120, True)
    assert (record["algorithms"], record["audiences"]) == (["ES256"], ["urn:a"])
    assert app.update({"Acme": trusted_issuer(ACME)}) == "UPDATE_COMPLETE", app.reasons
    record = records.trusted_issuer(ACME)
    assert record
    assert (record["max_lifetime"], record.get("id_jag", False)) == (300, False)
    app.delete()


def test_another_issuer_replaces_it_and_a_rollback_keeps_the_first(
    app: CloudFormation, records: Records
) -> None:
    app.create({"Acme": trusted_issuer(ACME)})
    other = {"Acme": trusted_issuer("https://idp.other.example")}
    assert app.update(other, fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert (app.ref("Acme"), records.trusted_issuer("https://idp.other.example")) == (ACME, None)
    assert app.update(other) == "UPDATE_COMPLETE"
    assert (app.ref("Acme"), records.trusted_issuer(ACME)) == ("https://idp.other.example", None)
    app.delete()


@pytest.mark.parametrize("by_hand", [False, True])
def test_an_issuer_that_is_trusted_elsewhere_is_neither_taken_over_nor_removed(
    app: CloudFormation, provider: Provider, records: Records, by_hand: bool
) -> None:
    app.create({"Acme": trusted_issuer(ACME)})
    if by_hand:
        record = records.trusted_issuer(ACME)
        assert record
        records.table.change(record, owner=None)
    other = CloudFormation(provider, "other")
    taken = trusted_issuer(ACME, jwks_uri="https://evil.example/jwks")
    assert other.create({"Mine": taken}) == "ROLLBACK_COMPLETE"
    assert "One declaration has all of it" in other.reasons[0]
    record = records.trusted_issuer(ACME)
    assert record
    assert record["jwks_uri"] == ACME + "/jwks"
    assert app.delete() == "DELETE_COMPLETE"
    assert (records.trusted_issuer(ACME) is not None) is by_hand
    records.table.delete(id=f"trusted_issuer#{ACME}")


def test_no_stack_has_an_issuer_speak_for_people_of_the_tenant(app: CloudFormation, records: Records) -> None:
    """Whoever holds its keys would be anybody."""
    assert app.create({"Acme": trusted_issuer(ACME, subject="local")}) == "ROLLBACK_COMPLETE"
    assert app.reasons[0].startswith("subject is federated here.")
    assert records.trusted_issuer(ACME) is None
    assert app.create({"Acme": trusted_issuer(ACME)}) == "CREATE_COMPLETE", app.reasons
    assert app.update({"Acme": trusted_issuer(ACME, subject="local")}) == "UPDATE_ROLLBACK_COMPLETE"
    record = records.trusted_issuer(ACME)
    assert record
    assert record.get("subject", "federated") == "federated"
    app.delete()


def test_the_tenant_itself_is_no_issuer_of_assertions(app: CloudFormation, caller: Caller) -> None:
    assert app.create({"Acme": trusted_issuer(caller.issuer)}) == "ROLLBACK_COMPLETE"
    assert "this tenant's own" in app.reasons[0]


def test_what_was_changed_by_hand_is_put_right_by_the_next_update_and_told(
    app: CloudFormation, records: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    app.create({"Acme": trusted_issuer(ACME)})
    record: Any = records.trusted_issuer(ACME)
    records.table.change(record, scope=["admin"], revision="by hand")
    capsys.readouterr()
    app.update({"Acme": trusted_issuer(ACME, issuer_name="Acme Ltd")})
    record = records.trusted_issuer(ACME)
    assert record["scope"] == ["notes:read"]
    said = capsys.readouterr().out
    assert '"drift":["scope"]' in said
    assert '"type":"trusted_issuer_changed"' in said
    assert f'"trusted_issuer":"{ACME}"' in said
    app.delete()
