"""Clients that register for client_secret_jwt while KMS fails: they are told so, and nothing was written."""

import os
import secrets
import time
from typing import Any

import pytest

from chalicelib.administration.registration_token import RegistrationTokenAdministration
from chalicelib.aws.registries import RegistrationTokenRegistry
from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.faults import Aws, Kind
from tests.support.http import Caller, LambdaTransport
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, app_of, path_of
from tests.support.tenant import Tenant

BY_HMAC = {"token_endpoint_auth_method": "client_secret_jwt"}
FAULTS: list[Kind] = ["throttled", "unavailable", "lost"]


@pytest.fixture
def registrar(stack: LocalStack, aws: Aws) -> Registrar:
    """From an address that nobody registers from besides."""
    del aws
    return Registrar(Caller(LambdaTransport(stack, "192.0.2.91")))


@pytest.fixture
def token(aws: Aws) -> str:
    """One registration's."""
    del aws
    registry = RegistrationTokenRegistry(os.environ["CLIENTS_TABLE"])
    tokens = RegistrationTokenAdministration(tokens=registry, random=secrets.token_urlsafe)
    return tokens.create({"token_name": "Once", "max_uses": 1}, now=int(time.time()))[1]


def replacement(registrar: Registrar, made: dict[str, Any]) -> Any:
    document = {**WEB, **BY_HMAC, "client_id": made["client_id"]}
    return registrar.send("PUT", path_of(made), document, token=made["registration_access_token"])


@pytest.mark.parametrize("kind", FAULTS)
def test_a_client_whose_secret_can_not_be_encrypted_is_not_registered(
    aws: Aws, registrar: Registrar, token: str, kind: Kind
) -> None:
    aws.dynamodb.calls.clear()
    with aws.kms.failing(kind, "Encrypt"):
        answer = registrar.register(token=token, **BY_HMAC)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert "PutItem" not in aws.dynamodb.calls
    # Its use was taken back, or this would be one too many.
    assert registrar.register(token=token, **BY_HMAC).status == 201


@pytest.mark.parametrize("kind", FAULTS)
def test_a_client_whose_new_secret_can_not_be_encrypted_is_as_it_was(
    aws: Aws, registrar: Registrar, caller: Caller, tenant: Tenant, kind: Kind
) -> None:
    made = registrar.registered()
    before = tenant.table("Clients").find(id=f"client#{made['client_id']}")
    with aws.kms.failing(kind, "Encrypt"):
        answer = replacement(registrar, made)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert tenant.table("Clients").find(id=f"client#{made['client_id']}") == before
    app: ClientApp = app_of(made, caller)
    assert app.token({"grant_type": "refresh_token", "refresh_token": "none"}).error == "invalid_grant"
    assert "client_secret" in replacement(registrar, made).json


def test_one_fault_of_an_encryption_is_not_noticed(aws: Aws, registrar: Registrar) -> None:
    with aws.kms.failing("throttled", "Encrypt", times=1) as fault:
        assert registrar.register(**BY_HMAC).status == 201
    assert fault.left == 0


def test_a_disabled_key_registers_no_such_client_and_any_other(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    key = next(one for one in stack.kms.all_keys() if one.arn == os.environ["SECRETS_KEY"])
    key.enabled = False
    try:
        assert_json_error(registrar.register(**BY_HMAC), "temporarily_unavailable", status=503)
        assert last_log(capsys)["reason"] == "secrets_key_unusable"
        assert registrar.register().status == 201
    finally:
        key.enabled = True
