"""A stack's client of client_secret_jwt: its secret in Secrets Manager, and encrypted in the tenant."""

from typing import Any

import pytest

from tests.operations.conftest import Records, Secrets, client, hash_of
from tests.support.client_key import assertion_claims, present
from tests.support.client_secret import hmac_assertion
from tests.support.cloudformation import CloudFormation
from tests.support.http import Caller

pytestmark = pytest.mark.usefixtures("nothing_left")
BY_HMAC = {"token_endpoint_auth_method": "client_secret_jwt"}


def proves(caller: Caller, client_id: str, secret: str, alg: str = "HS256") -> bool:
    return present(caller, hmac_assertion(assertion_claims(caller, client_id), secret, alg=alg)).status == 200


def kept(records: Records, client_id: str) -> tuple[Any, Any]:
    record = records.client(client_id)
    assert record
    return record["client_secret_hashes"], record.get("client_secret_ciphertexts", [])


def test_its_secret_proves_it_and_is_rotated_as_any_other(
    app: CloudFormation, records: Records, secrets: Secrets, caller: Caller
) -> None:
    assert app.create({"Export": client(**BY_HMAC, token_endpoint_auth_signing_alg="HS512")}) == (
        "CREATE_COMPLETE"
    ), app.reasons
    client_id = app.ref("Export")
    first = secrets.of(client_id)
    assert proves(caller, client_id, first, "HS512")
    app.update({"Export": client(**BY_HMAC, secret_version=2, former_secret_lifetime=3600)})
    second = secrets.of(client_id)
    assert proves(caller, client_id, first)
    assert proves(caller, client_id, second)
    hashes, ciphertexts = kept(records, client_id)
    assert hashes == [hash_of(second), hash_of(first)]
    assert len(ciphertexts) == 2
    assert first not in str(records.table.items()) + str(app.reasons)
    app.delete()


def test_a_repeated_event_writes_nothing(app: CloudFormation, records: Records, secrets: Secrets) -> None:
    """Though a ciphertext of the same secret is another one each time."""
    app.create({"Export": client(**BY_HMAC)})
    client_id = app.ref("Export")
    before = records.client(client_id)
    app.update({"Export": client(**BY_HMAC, scope="read")})
    after = records.client(client_id)
    assert before
    assert after
    changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    assert changed - {"updated_at"} == {"scope", "revision"}
    assert secrets.of(client_id)
    app.delete()


def test_it_comes_to_the_method_with_the_secret_it_has_and_leaves_with_its_hash(
    app: CloudFormation, records: Records, secrets: Secrets, caller: Caller
) -> None:
    app.create({"Export": client()})
    client_id = app.ref("Export")
    secret = secrets.of(client_id)
    assert app.update({"Export": client(**BY_HMAC)}) == "UPDATE_COMPLETE", app.reasons
    assert secrets.of(client_id) == secret
    assert proves(caller, client_id, secret)
    assert app.update({"Export": client()}) == "UPDATE_COMPLETE", app.reasons
    assert kept(records, client_id) == ([hash_of(secret)], [])
    assert caller.post("/token", {"grant_type": "client_credentials"}, auth=(client_id, secret)).status == 200
    app.delete()


def test_an_algorithm_of_another_method_fails_the_stack_in_a_sentence(app: CloudFormation) -> None:
    for wrong in ("ES256", "HS1"):
        declared = {"Export": client(**BY_HMAC, token_endpoint_auth_signing_alg=wrong)}
        assert app.create(declared) == "ROLLBACK_COMPLETE"
        assert "HS256, HS384, HS512" in str(app.reasons)
