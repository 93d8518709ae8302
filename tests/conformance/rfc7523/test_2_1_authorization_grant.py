"""RFC 7523 section 2.1: an assertion of a trusted issuer as a grant."""

import time
from typing import Any

import pytest

from tests.support.assertions import Federation, federation
from tests.support.client_app import unverified, verified
from tests.support.client_key import client_key
from tests.support.exchange import JWT, PAYROLL, allow, exchange_fields
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec


@pytest.fixture
def idp(caller: Caller, tenant: Tenant) -> Federation:
    return federation(caller, tenant)


@spec("RFC7523-2.1")
def test_an_assertion_brings_a_token_about_its_subject(caller: Caller, idp: Federation) -> None:
    answer = idp.present(idp.assertion())
    assert answer.status == 200, answer.body
    claims = verified(answer.json["access_token"], caller, audience=API)
    assert (claims["sub"], claims["client_id"], claims["scope"]) == (
        idp.sub(), idp.app.client.client_id, "read",
    )  # fmt: skip
    assert not {"auth_time", "acr", "amr", "act", "granted_to"} & set(claims)
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "scope"}


@spec("RFC7521-4.1")
def test_there_is_no_refresh_token_even_where_the_client_may_have_some(
    caller: Caller, tenant: Tenant
) -> None:
    grant_types = (*federation(caller, tenant).app.client.grant_types, "refresh_token")
    idp = federation(caller, tenant, client={"grant_types": grant_types, "scope": ("read", "offline_access")})
    assert "refresh_token" not in idp.present(idp.assertion()).json


@spec("RFC7523-2.1")
def test_a_local_subject_is_a_person_here(caller: Caller, tenant: Tenant) -> None:
    person = tenant.person()
    idp = federation(caller, tenant, subject="local", subject_claim="employee")
    answer = idp.present(idp.assertion(sub="whoever", employee=person.sub))
    assert unverified(answer.json["access_token"])[1]["sub"] == person.sub


@spec("RFC7523-2.1")
def test_a_verified_address_can_name_somebody(caller: Caller, tenant: Tenant) -> None:
    idp = federation(caller, tenant, subject_claim="email")
    answer = idp.present(idp.assertion(email="alice@example.com", email_verified=True))
    assert unverified(answer.json["access_token"])[1]["sub"] == idp.sub("alice@example.com")


@spec("RFC7662-2.2")
def test_its_token_is_introspected_and_ends_with_the_person(caller: Caller, tenant: Tenant) -> None:
    _, api = tenant.resource_server()
    person = tenant.person()
    local, away = federation(caller, tenant, subject="local"), federation(caller, tenant)
    for idp, sub in ((local, person.sub), (away, away.sub())):
        token = idp.present(idp.assertion(sub=person.sub if idp is local else "alice")).json["access_token"]
        told = caller.post("/introspect", {"token": token}, auth=(api.client_id, SECRET)).json
        assert (told["active"], told["sub"]) == (True, sub)
        if idp is local:
            tenant.disable(person)
            told = caller.post("/introspect", {"token": token}, auth=(api.client_id, SECRET)).json
            assert told == {"active": False}


@spec("RFC7523-2.1")
def test_a_name_that_becomes_a_local_persons_is_not_theirs(caller: Caller, tenant: Tenant) -> None:
    _, api = tenant.resource_server()
    idp = federation(caller, tenant)
    token = idp.present(idp.assertion()).json["access_token"]
    tenant.table("Users").change({"id": f"user#{idp.sub()}", "sub": idp.sub()})
    try:
        told = caller.post("/introspect", {"token": token}, auth=(api.client_id, SECRET)).json
        assert told == {"active": False}
        assert_json_error(idp.present(idp.assertion()), "invalid_grant")
    finally:
        tenant.table("Users").delete(id=f"user#{idp.sub()}")


SCOPES: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "all that issuer and client have": ({}, None, "read write"),
    "what is asked": ({}, "write", "write"),
    "what the assertion says": ({"scope": "write"}, None, "write"),
    "of what the assertion says": ({"scope": "write read x"}, "read", "read"),
    "nothing the assertion says": ({"scope": "x"}, None, None),
    "an assertion that says no scope": ({"scope": ""}, None, None),
}


@spec("RFC7521-4.1")
@pytest.mark.parametrize("case", SCOPES)
def test_scope_is_what_issuer_client_and_assertion_have(caller: Caller, tenant: Tenant, case: str) -> None:
    claims, asked, got = SCOPES[case]
    idp = federation(caller, tenant, scope=("write", "read", "admin"))
    answer = idp.present(idp.assertion(**claims), scope=asked)
    assert answer.status == 200, answer.body
    assert answer.json.get("scope") == got


@spec("RFC7523-3")
def test_another_algorithm_and_another_audience_may_be_agreed_on(caller: Caller, tenant: Tenant) -> None:
    key = client_key("EdDSA", "ed")
    idp = federation(
        caller, tenant, audiences=("urn:acme:api",), algorithms=("EdDSA",), jwks={"keys": [key.jwk()]}
    )
    assert idp.present(key.sign(idp.claims(aud="urn:acme:api"))).status == 200
    assert idp.present(key.sign(idp.claims(aud=caller.issuer + "/token"))).status == 200
    assert_json_error(idp.present(idp.assertion()), "invalid_grant")


@spec("RFC8693-2.1")
def test_an_assertion_is_a_subject_token_as_well(caller: Caller, tenant: Tenant) -> None:
    idp = federation(caller, tenant, client={"exchange_audiences": (PAYROLL + "for-assertions",)})
    target = PAYROLL + "for-assertions"
    allow(target, idp.app.client)
    end = int(time.time()) + 50
    assertion = idp.assertion(exp=end)
    fields = exchange_fields(assertion, subject_token_type=JWT, resource=target)
    answer = idp.app.token(fields)
    assert answer.status == 200, answer.body
    claims = unverified(answer.json["access_token"])[1]
    assert (claims["sub"], claims["scope"], claims["exp"]) == (idp.sub(), "pay:read", end)
    assert claims["act"] == {"sub": idp.app.client.client_id}
    assert_json_error(idp.app.token(fields), "invalid_request")
    assert_json_error(idp.present(assertion), "invalid_grant")


@spec("RFC7521-4.1")
def test_a_target_that_is_not_allowed_spends_no_assertion(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    idp = federation(caller, tenant)
    assertion = idp.assertion()
    for changes, error in (
        ({"resource": "https://nobody.example/"}, "invalid_target"),
        ({"scope": "write"}, "invalid_scope"),
        ({"scope": "nothing"}, "invalid_scope"),
        ({"requested_token_use": "logon_cert"}, "invalid_request"),
    ):
        assert_json_error(idp.present(assertion, **changes), error)
        assert assertion not in str(last_log(capsys, assertion))
    assert idp.present(assertion).status == 200
