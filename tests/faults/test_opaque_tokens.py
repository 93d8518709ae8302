"""Opaque tokens and the faults of the stores: what could not be kept can be asked for again."""

import pytest

from tests.support.assertions import federation
from tests.support.client_app import ClientApp
from tests.support.faults import Aws, Kind
from tests.support.http import Answer, Caller
from tests.support.opaque import VAULT, opaque, told_of, vault
from tests.support.refusal import assert_json_error
from tests.support.tenant import SECRET, Tenant
from tests.support.visit import Visit, visit

TRIES = 3
SCOPE = "openid offline_access read"


@pytest.fixture
def here(aws: Aws, caller: Caller, tenant: Tenant) -> Visit:
    del aws
    return visit(caller, tenant)


@pytest.fixture
def api(aws: Aws, caller: Caller, tenant: Tenant) -> ClientApp:
    del aws
    return vault(caller, tenant)


def assert_unavailable(answer: Answer) -> None:
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("kind", ["throttled", "lost", "torn"])
def test_one_fault_is_not_even_noticed(aws: Aws, api: ClientApp, here: Visit, kind: Kind) -> None:
    code = here.code(scope=SCOPE, resource=VAULT)
    with aws.dynamodb.failing(kind, "PutItem", times=1, table="Requests") as fault:
        token = opaque(here.app.redeem(code))
    assert fault.left == 0
    assert told_of(api, token)["active"] is True


@pytest.mark.parametrize("kind", ["throttled", "lost"])
def test_where_it_was_not_kept_the_code_can_be_redeemed_again(
    aws: Aws, api: ClientApp, here: Visit, kind: Kind
) -> None:
    code = here.code(scope=SCOPE, resource=VAULT)
    before = here.grant(code)
    with aws.dynamodb.failing(kind, "PutItem", times=TRIES, table="Requests"):
        assert_unavailable(here.app.redeem(code))
    assert here.grant(code) == before
    assert told_of(api, opaque(here.app.redeem(code)))["active"] is True


def test_where_the_id_token_was_not_signed_the_code_can_be_redeemed_again(
    aws: Aws, api: ClientApp, here: Visit
) -> None:
    """What was kept beside it is nobody's."""
    code = here.code(scope=SCOPE, resource=VAULT)
    with aws.kms.failing("throttled", "Sign"):
        assert_unavailable(here.app.redeem(code))
    answer = here.app.redeem(code)
    assert told_of(api, opaque(answer))["active"] is True
    assert "id_token" in answer.json


def test_where_it_was_not_kept_the_refresh_token_is_still_good(aws: Aws, api: ClientApp, here: Visit) -> None:
    refresh_token = here.app.redeem(here.code(scope=SCOPE, resource=VAULT)).json["refresh_token"]
    with aws.dynamodb.failing("throttled", "PutItem", times=TRIES, table="Requests"):
        assert_unavailable(here.app.refresh(refresh_token))
    assert told_of(api, opaque(here.app.refresh(refresh_token)))["active"] is True


def test_where_it_was_not_kept_the_assertion_can_be_used_again(
    aws: Aws, api: ClientApp, caller: Caller, tenant: Tenant
) -> None:
    idp = federation(caller, tenant)
    assertion = idp.assertion()
    with aws.dynamodb.failing("throttled", "PutItem", times=TRIES, table="Requests"):
        assert_unavailable(idp.present(assertion, resource=VAULT))
    assert told_of(api, opaque(idp.present(assertion, resource=VAULT)))["active"] is True


def test_a_signed_answer_that_was_not_signed_is_no_answer(aws: Aws, api: ClientApp, here: Visit) -> None:
    token = opaque(here.app.redeem(here.code(scope="read", resource=VAULT)))
    accept = {"accept": "application/token-introspection+jwt"}
    auth = (api.client.client_id, SECRET)
    with aws.kms.failing("throttled", "Sign"):
        assert_unavailable(here.app.caller.post("/introspect", {"token": token}, auth=auth, **accept))
    assert here.app.caller.post("/introspect", {"token": token}, auth=auth, **accept).status == 200


@pytest.mark.parametrize("operation", ["GetItem", "BatchGetItem"])
def test_who_can_not_be_told_is_not_told_that_it_is_inactive(
    aws: Aws, api: ClientApp, here: Visit, operation: str
) -> None:
    token = opaque(here.app.redeem(here.code(scope="read", resource=VAULT)))
    told_of(api, "nothing")
    with aws.dynamodb.failing("throttled", operation, table="Requests"):
        assert_unavailable(api.post("/introspect", {"token": token}))
    assert told_of(api, token)["active"] is True


def test_what_could_not_be_revoked_is_told_so(aws: Aws, api: ClientApp, here: Visit) -> None:
    """RFC 7009 section 2.2.1: the client must take it that the token is still there."""
    token = opaque(here.app.redeem(here.code(scope="read", resource=VAULT)))
    with aws.dynamodb.failing("throttled", "UpdateItem", times=TRIES, table="Requests"):
        assert_unavailable(here.app.post("/revoke", {"token": token}))
    assert told_of(api, token)["active"] is True
    assert here.app.post("/revoke", {"token": token}).status == 200
    assert told_of(api, token) == {"active": False}
