"""Request objects and faults of what opens and fetches them: a page that says to try again, then a code."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.local.stack import LocalStack
from infra.local.template import ACCOUNT, REGION
from tests.support.client_key import client_key
from tests.support.environment import changed_environment
from tests.support.faults import Aws, Kind
from tests.support.http import Caller
from tests.support.refusal import assert_page, last_log
from tests.support.request_object import encrypted, members, refer, send, signed, signing_client, unsigned
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

KEY = client_key("ES256", "own")


@pytest.fixture
def own(aws: Aws, caller: Caller, tenant: Tenant) -> Visit:
    del aws
    return visit(caller, tenant, signing_client(tenant, KEY, request_uris=("https://app.example.com/one",)))


@contextmanager
def disabled(stack: LocalStack, variable: str) -> Iterator[None]:
    (key,) = [key for key in stack.kms.all_keys() if key.arn == os.environ[variable]]
    key.enabled = False
    yield
    key.enabled = True


@pytest.mark.parametrize(
    ("alg", "operation"), [("RSA-OAEP-256", "Decrypt"), ("ECDH-ES", "DeriveSharedSecret")]
)
@pytest.mark.parametrize("kind", ["throttled", "unavailable", "cut"])
def test_what_can_not_be_opened_now_is_opened_later(
    aws: Aws, own: Visit, *, kind: Kind, alg: str, operation: str
) -> None:
    request = encrypted(own.app.caller, signed(own, KEY), alg=alg)
    with aws.kms.failing(kind, operation):
        assert_page(send(own, request), status=503)
    assert "code" in send(own, request).query


@pytest.mark.parametrize(
    ("alg", "variable"), [("RSA-OAEP-256", "REQUEST_OBJECT_KEY_RSA"), ("ECDH-ES", "REQUEST_OBJECT_KEY_EC")]
)
def test_a_key_that_is_disabled_is_a_fault_of_the_tenants_and_not_the_clients(
    stack: LocalStack, own: Visit, capsys: pytest.CaptureFixture[str], *, alg: str, variable: str
) -> None:
    request = encrypted(own.app.caller, signed(own, KEY), alg=alg)
    with disabled(stack, variable):
        assert_page(send(own, request), status=503)
        assert last_log(capsys)["reason"] == "request_object_key_unusable"
        # Who signs alone is not concerned.
        assert "code" in send(own, signed(own, KEY)).query


def test_a_key_that_kms_does_not_give_hides_no_other(stack: LocalStack, own: Visit) -> None:
    with disabled(stack, "REQUEST_OBJECT_KEY_RSA"), changed_environment(STACK_NAME="started anew"):
        keys = own.app.caller.get("/jwks").json["keys"]
        assert [key["kty"] for key in keys if key["use"] == "enc"] == ["EC"]
        assert [key for key in keys if key["use"] == "sig"]


def test_a_function_that_is_not_there_is_told(own: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    missing = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nothing"
    with changed_environment(REQUEST_OBJECT_FUNCTION=missing):
        assert_page(refer(own, "https://app.example.com/one"), status=503)
    line = last_log(capsys)
    assert (line["reason"], line["request_uri_error"]) == ("aws_timeout", "not_found")


def test_a_tenant_without_keys_says_so_and_refuses(own: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    request = encrypted(own.app.caller, unsigned(members(own.app)))
    with changed_environment(REQUEST_OBJECT_ENCRYPTION="off"):
        answer = send(own, request)
        assert answer.query["error"] == "invalid_request_object"
        assert last_log(capsys)["reason"] == "request_object_encryption"
        caller = own.app.caller
        assert {key["use"] for key in caller.get("/jwks").json["keys"]} == {"sig"}
        metadata = caller.get("/.well-known/openid-configuration").json
        assert not [name for name in metadata if name.startswith("request_object_encryption")]
