"""Signing keys made anew and taken out by the function itself. Only with --stack, and after all other tests:
the instances know the keys from before for another minute.
"""

import os
import time
from typing import Any

import jwt
import pytest

from chalicelib.aws.key_administration import STACK_TAG
from chalicelib.aws.key_set import KeySetStore
from chalicelib.protocol.key_schedule import LEASE_SECONDS, Intent
from chalicelib.record import replace
from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.tenant import SECRET, Tenant


@pytest.fixture(autouse=True)
def deployed(stack: LocalStack, pytestconfig: pytest.Config) -> LocalStack:
    if not pytestconfig.getoption("--stack"):
        pytest.skip("needs --stack, which builds the package")
    return stack


def members(answer: dict[str, Any], name: str) -> set[str]:
    return {key[name] for key in answer["keys"]}


def forget_looks_at_others(deployed: Any) -> None:
    """To find what was begun it asks for every key's tags, and is not told those of other stacks' keys."""
    own = os.environ["STACK_NAME"]
    others = {key.arn for key in deployed.kms.all_keys() if key.tags.get(STACK_TAG) != own}
    refused = deployed.aws.record.refused
    for one in [one for one in refused if one.role == "KeyRotationRole"]:
        assert (one.action, one.resource in others) == ("kms:ListResourceTags", True)
        del refused[one]


def test_what_a_run_that_died_began_is_finished(deployed: LocalStack) -> None:
    deployed.invoke("key_rotation", {"command": "advance"})
    store, begun = KeySetStore(os.environ["CLIENTS_TABLE"]), int(time.time()) - 2 * LEASE_SECONDS
    found = store.read()
    assert found is not None
    key_set, revision = found
    intent = Intent(nonce="of a run that died", kty="EC", since=begun)
    assert store.replace(replace(key_set, intents=(intent,)), before=revision, revision="begun")
    answer = deployed.invoke("key_rotation", {"command": "advance"})
    forget_looks_at_others(deployed)
    assert answer["making"] == []
    assert sorted(key["phase"] for key in answer["keys"]) == ["made", "signing", "signing", "signing"]


def test_keys_are_taken_out_and_others_sign(deployed: LocalStack, caller: Caller, tenant: Tenant) -> None:
    known = deployed.invoke("key_rotation", {"command": "list"})
    # The first ones are the stack's own, those after them the function's own.
    for _ in range(2):
        answer = deployed.invoke("key_rotation", {"command": "revoke", "operator": "ada"})
        assert "error" not in answer
        assert members(answer, "phase") == {"signing"}
        assert not members(answer, "kid") & members(known, "kid")
        out = {key.state for key in deployed.kms.all_keys() if key.arn in members(known, "key_id")}
        assert out <= {"Disabled", "PendingDeletion"}
        known = answer
    asked = caller.post(
        "/token", {"grant_type": "client_credentials"}, auth=(tenant.client().client_id, SECRET)
    )
    assert jwt.get_unverified_header(asked.json["access_token"])["kid"] in members(answer, "kid")
