"""Secrets Manager's refusals: what is waited out, and what is a fault."""

import pytest

from chalicelib.aws.client_secrets import OWNER_TAG, ClientSecretStore
from chalicelib.aws.refusal import Refusal
from chalicelib.protocol.errors import TemporarilyUnavailable
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.scripted import ScriptedService, refuses, says

STORE = ClientSecretStore("keyturn-local/clients/")
VERSION = "0" * 64


def ensure() -> str:
    return STORE.ensure("one", version=VERSION, new="new", owner="me").value


def test_a_deletion_that_is_not_over_is_waited_for(stack: LocalStack) -> None:
    del stack
    missing, deleting = refuses("ResourceNotFoundException"), refuses("InvalidRequestException")
    made = says({"ARN": "arn", "VersionId": VERSION}, checked=False)
    with (
        ScriptedService([missing, deleting, missing, made]) as service,
        changed_environment(AWS_ENDPOINT_URL_SECRETS_MANAGER=service.endpoint),
    ):
        assert ensure() == "new"
    with (
        ScriptedService([missing, deleting] * 4) as service,
        changed_environment(AWS_ENDPOINT_URL_SECRETS_MANAGER=service.endpoint),
        pytest.raises(TemporarilyUnavailable),
    ):
        ensure()


def test_any_other_refusal_is_a_fault(stack: LocalStack) -> None:
    del stack
    found = says({"ARN": "arn", "Tags": [{"Key": OWNER_TAG, "Value": "me"}]}, checked=False)
    with (
        ScriptedService([found, refuses("LimitReachedException")]) as service,
        changed_environment(AWS_ENDPOINT_URL_SECRETS_MANAGER=service.endpoint),
        pytest.raises(Refusal, match="LimitReached"),
    ):
        ensure()
