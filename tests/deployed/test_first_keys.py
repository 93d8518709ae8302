"""A tenant of today: its keys are those of the template, as no rotation has run yet. Only with --stack."""

import os
import time
from typing import Any

import boto3
import pytest

from chalicelib.aws.signing_keys import ITEM_ID
from infra.local.stack import LocalStack
from tests.support.client_app import unverified, verified
from tests.support.http import Caller
from tests.support.logout_receiver import Receiver
from tests.support.origin import Origin
from tests.support.tenant import Tenant


def restart(deployed: Any, function: str) -> None:
    """Ends the function's instances: those that come know nothing."""
    for instance in deployed._pools[function]._all:
        instance.close()


def test_logout_tokens_are_signed_before_the_keys_were_ever_rotated(
    stack: LocalStack, own_origin: Origin | None, caller: Caller, tenant: Tenant
) -> None:
    if own_origin is None:
        pytest.skip("needs --stack, which builds the package")
    receiver = Receiver(own_origin, "/logouts/of-a-tenant-of-today")
    receiver.answer("200 OK")
    client = tenant.public_client(backchannel_logout_uri=receiver.uri)
    notice = {"client_id": client.client_id, "sub": "ada", "logged_out_at": int(time.time()), "attempt": 1}
    dynamodb, table = boto3.client("dynamodb"), os.environ["CLIENTS_TABLE"]
    key = {"id": {"S": ITEM_ID}}
    record = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.delete_item(TableName=table, Key=key)
    restart(stack, "BackchannelLogout")
    try:
        stack.invoke("backchannel_logout", {"notice": notice})
    finally:
        dynamodb.put_item(TableName=table, Item=record)
        restart(stack, "BackchannelLogout")
    (token,) = receiver.tokens
    assert unverified(token)[0]["typ"] == "logout+jwt"
    assert verified(token, caller, audience=client.client_id)["sub"] == "ada"
