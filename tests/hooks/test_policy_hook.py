"""A tenant's own function is asked about every token: what it is told, what it adds, what it refuses."""

import json
from typing import Any

import pytest

from tests.hooks.conftest import NOTHING, Hook
from tests.support.client_app import unverified, verified
from tests.support.every_grant import (
    EVERY_WAY,
    Way,
    by_code,
    by_exchange,
    by_refresh_token,
    for_a_client,
    for_an_opaque_token,
)
from tests.support.http import Caller
from tests.support.opaque import OPAQUE, told_of, vault
from tests.support.policy import is_valid
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.visit import visit

ways = pytest.mark.parametrize("way", EVERY_WAY, ids=lambda way: way.__name__)
ROLES = {"roles": ["admin", "ünïcode"], "https://example.com/plan": {"name": "gold", "seats": 1.5}}


@ways
def test_it_is_asked_once_before_any_token_is_made(
    hook: Hook, caller: Caller, tenant: Tenant, way: Way
) -> None:
    ready = way(caller, tenant)
    hook.asked.clear()
    answer = ready.ask()
    assert answer.status == 200, answer.body
    asked = hook.take()
    assert is_valid("request", asked)
    assert asked["grant_type"] == ready.grant_type
    assert asked["tokens"] == list(ready.tokens)
    assert asked["subject"]["kind"] == ready.kind
    text = json.dumps(asked)
    secrets = (*ready.secrets, answer.json["access_token"], answer.json.get("refresh_token", SECRET))
    assert not [secret for secret in secrets if secret in text]


def test_it_is_told_who_what_and_how(hook: Hook, caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant)
    tokens = here.app.redeem(here.code(scope="openid offline_access read", resource=API)).json
    claims = verified(tokens["access_token"], caller, audience=API)
    assert hook.take() == {
        "version": 1,
        "issuer": caller.issuer,
        "time": claims["iat"],
        "grant_type": "authorization_code",
        "tokens": ["access_token", "id_token"],
        "client": {
            "client_id": here.app.client.client_id,
            "client_name": here.app.client.client_name,
            "registration": "operator",
        },
        "subject": {"kind": "person", "sub": here.person.sub, "claims": here.person.claims},
        "scope": ["openid", "offline_access", "read"],
        "resources": [API],
        "audience": [API, caller.issuer],
        "authentication": {"auth_time": claims["auth_time"], "amr": claims["amr"], "acr": claims["acr"]}
        if "acr" in claims
        else {"auth_time": claims["auth_time"], "amr": claims["amr"]},
    }


def test_it_is_told_who_acts_for_whom(hook: Hook, caller: Caller, tenant: Tenant) -> None:
    ready = by_exchange(caller, tenant)
    hook.asked.clear()
    claims = unverified(ready.ask().json["access_token"])[1]
    asked = hook.take()
    assert asked["act"] == claims["act"] == {"sub": asked["client"]["client_id"]}
    assert asked["subject"]["sub"] == claims["sub"]


@ways
def test_what_it_adds_is_in_the_tokens(hook: Hook, caller: Caller, tenant: Tenant, way: Way) -> None:
    ready = way(caller, tenant)
    hook.adds(ROLES, id_token={"nickname": "Ada"})
    response = ready.ask().json
    if "id_token" in ready.tokens:
        id_token = (
            verified(response["id_token"], caller, audience=visit(caller, tenant).app.client.client_id)
            if way is by_code
            else unverified(response["id_token"])[1]
        )
        assert id_token["nickname"] == "Ada"
        assert not ROLES.keys() & id_token.keys()
    if OPAQUE.fullmatch(response["access_token"]):
        return
    claims = unverified(response["access_token"])[1]
    if "id_jag" in ready.tokens:
        assert not ROLES.keys() & claims.keys()
    else:
        assert {name: claims[name] for name in ROLES} == ROLES


def test_introspection_tells_what_was_added_and_userinfo_does_not(
    hook: Hook, caller: Caller, tenant: Tenant
) -> None:
    _, api = tenant.resource_server()
    hook.adds({**ROLES, "email": "other@example.com"}, id_token={"email": "other@example.com"})
    here = visit(caller, tenant)
    token = here.app.redeem(here.code(scope="openid email read", resource=API)).json["access_token"]
    told = caller.post("/introspect", {"token": token}, auth=(api.client_id, SECRET)).json
    assert told["active"] is True
    assert {name: told[name] for name in ROLES} == ROLES
    hook.asked.clear()
    userinfo = caller.get("/userinfo", authorization=f"Bearer {token}").json
    assert userinfo["email"] == here.person.claims["email"]
    assert "roles" not in userinfo
    assert hook.asked == []


def test_what_is_added_to_an_opaque_token_is_told_at_introspection(
    hook: Hook, caller: Caller, tenant: Tenant
) -> None:
    hook.adds(ROLES)
    told = told_of(vault(caller, tenant), for_an_opaque_token(caller, tenant).ask().json["access_token"])
    assert {name: told[name] for name in ROLES} == ROLES


def test_claims_do_not_pass_from_token_to_token(hook: Hook, caller: Caller, tenant: Tenant) -> None:
    hook.adds(ROLES)
    ready = by_exchange(caller, tenant)
    hook.answer = NOTHING
    assert not ROLES.keys() & unverified(ready.ask().json["access_token"])[1].keys()


def test_it_is_asked_at_every_refresh(hook: Hook, caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant)
    token = here.app.redeem(here.code(scope="offline_access openid", resource=API)).json["refresh_token"]
    for number in range(3):
        hook.adds({"number": number})
        response = here.app.refresh(token).json
        assert unverified(response["access_token"])[1]["number"] == number
        token = response["refresh_token"]


@ways
def test_a_veto_refuses_and_ends_nothing(
    hook: Hook, caller: Caller, tenant: Tenant, way: Way, capsys: pytest.CaptureFixture[str]
) -> None:
    ready = way(caller, tenant)
    capsys.readouterr()
    hook.refuses("office_hours")
    answer = ready.ask()
    assert_json_error(answer, "access_denied")
    assert "office_hours" not in answer.body
    line = last_log(capsys, *ready.secrets)
    assert (line["reason"], line["policy_reason"]) == ("policy_veto", "office_hours")
    assert (line["policy_vetoes"], line["kms_calls"]) == (1, 0)
    assert "policy_hook_failures" not in line
    event = line["audit"]
    assert (event["type"], event["reason"], event["policy_reason"]) == (
        "token_refused",
        "policy_veto",
        "office_hours",
    )
    # Whoever asks once more is decided about once more.
    hook.answer = NOTHING
    assert ready.ask().status == 200


def test_a_grant_that_was_refused_its_tokens_is_as_it_was(hook: Hook, caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant)
    code = here.code(scope="openid offline_access", resource=API)
    before = here.grant(code)
    hook.refuses()
    for _ in range(2):
        assert_json_error(here.app.redeem(code), "access_denied")
        assert here.grant(code) == before
    hook.answer = NOTHING
    tokens = here.app.redeem(code).json
    hook.refuses()
    for _ in range(2):
        assert_json_error(here.app.refresh(tokens["refresh_token"]), "access_denied")
    assert here.grant(code)["state"] == "active"
    hook.answer = NOTHING
    assert here.app.refresh(tokens["refresh_token"]).status == 200


def test_it_refuses_by_whatever_it_was_told(hook: Hook, caller: Caller, tenant: Tenant) -> None:
    def nobody_reads(event: dict[str, Any]) -> dict[str, Any]:
        return {"version": 1, "veto": {"reason": "reads"}} if "read" in event["scope"] else NOTHING

    hook.answer = nobody_reads
    here = visit(caller, tenant)
    assert_json_error(here.app.redeem(here.code(scope="read", resource=API)), "access_denied")
    assert here.app.redeem(here.code(scope="write", resource=API)).status == 200


def test_how_long_it_took_is_told(
    hook: Hook, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    del hook
    for way in (by_code, by_refresh_token, for_a_client):
        ready = way(caller, tenant)
        capsys.readouterr()
        ready.ask()
        line = last_log(capsys)
        assert 0 < line["policy_hook_ms"] < line["ms"]
        assert line["lambda_calls"] == 1
        assert not {"policy_hook", "policy_hook_failures", "policy_vetoes"} & line.keys()


@pytest.mark.parametrize("scope", ["read offline_access", "openid offline_access"])
def test_a_token_request_has_one_call_more_and_one_read_of_the_person(
    hook: Hook, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], scope: str
) -> None:
    del hook
    here = visit(caller, tenant)
    token = here.app.redeem(here.code(scope=scope, resource=API)).json["refresh_token"]
    capsys.readouterr()
    here.app.refresh(token)
    line = last_log(capsys)
    calls = (line["dynamodb_calls"], line["kms_calls"], line["lambda_calls"])
    assert calls == (2, 1 + ("openid" in scope), 1)


def test_a_clients_own_token_request_has_one_call_more(
    hook: Hook, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    del hook
    ready = for_a_client(caller, tenant)
    ready.ask()
    capsys.readouterr()
    ready.ask()
    line = last_log(capsys)
    assert (line["dynamodb_calls"], line["kms_calls"], line["lambda_calls"]) == (0, 1, 1)
