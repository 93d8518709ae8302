"""RFC 7591 section 3: who may register, by an initial access token or without one."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.administration.dynamic_registration import DynamicRegistration
from chalicelib.administration.registration_token import RegistrationTokenAdministration
from chalicelib.protocol.errors import InvalidMetadata, InvalidToken, NotServed
from infra.local.stack import LocalStack
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import NATIVE, WEB, Registrar
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Registering = Callable[..., DynamicRegistration]
Tokens = RegistrationTokenAdministration


def made(tokens: Tokens, **document: Any) -> str:
    return tokens.create({"token_name": "Partners", **document}, now=int(time.time()))[1]


def uses(tenant: Tenant, token: str) -> int:
    found: int = tenant.table("Clients").find(id=f"registration_token#{token.partition('.')[0]}")["uses"]
    return found


@spec("RFC7591-3")
def test_a_tenant_that_is_off_registers_nobody(registering: Registering, stack: LocalStack) -> None:
    off = registering(dynamic_registration="off")
    with nothing_written(stack), pytest.raises(NotServed) as refused:
        off.register(WEB, access_token=None, source_ip="192.0.2.1", now=int(time.time()))
    assert (refused.value.status, refused.value.reason) == (404, "registration_off")


@spec("RFC7591-3")
def test_a_tenant_that_wants_a_token_registers_nobody_without(
    registering: Registering, tokens: Tokens, stack: LocalStack
) -> None:
    closed, now = registering(dynamic_registration="token"), int(time.time())
    for document in (WEB, NATIVE):
        with nothing_written(stack), pytest.raises(InvalidToken) as refused:
            closed.register(document, access_token=None, source_ip="192.0.2.1", now=now)
        assert refused.value.reason == "token_missing"
        registered = closed.register(document, access_token=made(tokens), source_ip="192.0.2.1", now=now)
        assert registered.client.unverified


@spec("RFC7591-3")
@pytest.mark.parametrize(
    "wrong",
    [
        lambda token: token[:-2] + "AA",
        lambda token: token.partition(".")[0],
        lambda token: token.partition(".")[0] + ".",
        lambda token: "nobody." + token.partition(".")[2],
        lambda token: "." + token,
        lambda token: token * 50,
    ],
    ids=["another secret", "no secret", "an empty secret", "no such token", "no id", "too long"],
)
def test_a_token_that_is_none_is_refused_even_where_none_is_needed(
    registrar: Registrar,
    tokens: Tokens,
    stack: LocalStack,
    capsys: pytest.CaptureFixture[str],
    wrong: Callable[[str], str],
) -> None:
    token = made(tokens)
    with nothing_written(stack):
        answer = registrar.register(token=wrong(token))
    assert_json_error(answer, "invalid_token", status=401)
    assert answer.headers["www-authenticate"] == 'Bearer realm="registration", error="invalid_token"'
    line = last_log(capsys, token)
    assert line["reason"] == "registration_token_refused"
    assert line["audit"]["type"] == "registration_refused"


@spec("RFC7591-3")
def test_an_expired_a_used_up_and_a_deleted_token_are_refused(registrar: Registrar, tokens: Tokens) -> None:
    now = int(time.time())
    found, expired = tokens.create({"token_name": "A", "lifetime": 60}, now=now - 61)
    once, deleted = made(tokens, max_uses=1), made(tokens)
    tokens.delete(deleted.partition(".")[0])
    registrar.registered(token=once)
    assert found.record.expires_at == now - 1
    for token in (expired, once, deleted):
        assert_json_error(registrar.register(token=token), "invalid_token", status=401)


@spec("RFC7591-3")
def test_what_is_refused_uses_nothing_up(registrar: Registrar, tokens: Tokens, tenant: Tenant) -> None:
    token = made(tokens, max_uses=1)
    assert_json_error(registrar.register(token=token, client_name="\u202e"), "invalid_client_metadata")
    assert uses(tenant, token) == 0
    registrar.registered(token=token)
    assert uses(tenant, token) == 1


@spec("RFC7591-3")
def test_of_many_at_once_as_many_register_as_the_token_is_good_for(
    registrar: Registrar, tokens: Tokens, tenant: Tenant
) -> None:
    token = made(tokens, max_uses=2)
    answers = at_once(lambda: registrar.register(token=token), 6)
    assert sorted(answer.status for answer in answers) == [201, 201, 401, 401, 401, 401]
    assert uses(tenant, token) == 2


@spec("RFC7591-3")
def test_a_token_says_what_its_clients_may_be_registered_for(registrar: Registrar, tokens: Tokens) -> None:
    services = made(tokens, grant_types=["client_credentials"], scope="read write")
    service = {"client_name": "Export", "grant_types": ["client_credentials"]}
    found = registrar.registered(service, token=services)
    assert (found["grant_types"], found["response_types"]) == (["client_credentials"], [])
    assert found["scope"] == "read write"
    assert registrar.registered(service, token=services, scope="read admin")["scope"] == "read"
    for changes in ({"scope": "admin"}, {"scope": "phone"}, {"grant_types": ["authorization_code"]}):
        answer = registrar.register({**WEB, **service, **changes}, token=services)
        assert_json_error(answer, "invalid_client_metadata")
    assert_json_error(registrar.register(service), "invalid_client_metadata")


@spec("RFC7591-3")
def test_by_a_token_nobody_is_counted(registrar: Registrar, tokens: Tokens, tenant: Tenant) -> None:
    before = {item["id"] for item in tenant.table("Requests").items() if "registration" in item["id"]}
    registrar.registered(token=made(tokens))
    after = {item["id"] for item in tenant.table("Requests").items() if "registration" in item["id"]}
    assert after == before


BY_IMPLICIT: dict[str, Any] = {**WEB, "response_types": ["id_token"], "grant_types": ["implicit"]}


@spec("RFC9700-2.1.2")
@pytest.mark.parametrize("response_type", ["id_token", "token", "code id_token"])
def test_tokens_through_the_browser_are_the_tenants_to_allow(
    registering: Registering, stack: LocalStack, response_type: str
) -> None:
    document = {**WEB, "response_types": [response_type], "grant_types": None}
    how: dict[str, Any] = {"access_token": None, "source_ip": "192.0.2.7", "now": int(time.time())}
    with nothing_written(stack), pytest.raises(InvalidMetadata) as refused:
        registering(implicit_grant=False).register(document, **how)
    assert refused.value.facts == {"member": "grant_types"}
    made = registering(implicit_grant=True).register(document, **how)
    assert made.client.response_types == (response_type,)


@spec("RFC9700-2.1.2")
def test_by_a_token_they_are_its_makers_to_allow_as_well(
    registering: Registering, tokens: Tokens, stack: LocalStack
) -> None:
    both = made(tokens, grant_types=["implicit"]), made(tokens)
    how: dict[str, Any] = {"source_ip": "192.0.2.8", "now": int(time.time())}
    for on, token in ((False, both[0]), (True, both[1])):
        with nothing_written(stack), pytest.raises(InvalidMetadata):
            registering(implicit_grant=on).register(BY_IMPLICIT, access_token=token, **how)
    made_by = registering(implicit_grant=True).register(BY_IMPLICIT, access_token=both[0], **how)
    assert made_by.client.grant_types == ("implicit",)
