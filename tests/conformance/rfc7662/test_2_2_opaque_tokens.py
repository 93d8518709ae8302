"""RFC 7662 section 2.2: opaque access tokens, of which nobody else can tell what they give."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws.registries import ClientRegistry
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.opaque import VAULT, change_claims, kept, opaque, told_of, vault
from tests.support.refusal import last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import listening, nothing_written

SCOPE = "openid offline_access read"


@pytest.fixture
def api(caller: Caller, tenant: Tenant) -> ClientApp:
    return vault(caller, tenant)


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant, tenant.client())


def tokens_of(here: Visit) -> dict[str, Any]:
    answer = here.app.redeem(here.code(scope=SCOPE, resource=VAULT))
    opaque(answer)
    tokens: dict[str, Any] = answer.json
    return tokens


@spec("RFC7662-2.2")
def test_it_is_told_what_a_jwt_would_say(api: ClientApp, here: Visit, tenant: Tenant) -> None:
    tenant.resource_server(API)
    tokens = tokens_of(here)
    told = told_of(api, tokens["access_token"])
    as_jwt = here.app.refresh(tokens["refresh_token"]).json
    assert set(told) >= {"iss", "sub", "aud", "client_id", "iat", "exp", "jti", "scope", "auth_time", "amr"}
    signed = here.app.redeem(here.code(scope="read", resource=API)).json["access_token"]
    assert set(told) == {"active", "token_type"} | set(unverified(signed)[1])
    assert (told["active"], told["token_type"], told["sub"]) == (True, "Bearer", here.person.sub)
    assert (told["client_id"], told["aud"], told["scope"]) == (here.app.client.client_id, VAULT, "read")
    assert told["jti"].partition(".")[0] == tokens["refresh_token"].partition(".")[0]
    assert told_of(api, as_jwt["access_token"])["jti"] != told["jti"]


@spec("RFC7662-2.2")
def test_one_that_was_seen_before_costs_one_read(api: ClientApp, here: Visit, stack: LocalStack) -> None:
    token = tokens_of(here)["access_token"]
    told = told_of(api, token)
    with nothing_written(stack), listening(stack) as wire:
        assert told_of(api, token) == told
    assert [operation for operation, _ in wire.seen] == ["BatchGetItem"]


@spec("RFC7662-4")
def test_no_other_resource_server_learns_of_it(
    api: ClientApp, here: Visit, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    token = tokens_of(here)["access_token"]
    for _ in range(2):
        for other in (tenant.resource_server(API)[1], tenant.resource_server(OTHER_API)[1], here.app.client):
            assert told_of(ClientApp(other, caller), token) == {"active": False}
            line = last_log(capsys, SECRET, token)
            assert (line["reason"], "sub" in line, "grant_id" in line) == ("token_of_another", False, False)
        assert told_of(api, token)["active"] is True


@spec("RFC7662-2.2")
def test_an_expired_one_is_inactive_though_it_is_still_kept(
    api: ClientApp, here: Visit, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    token = tokens_of(here)["access_token"]
    change_claims(tenant, token, exp=int(time.time()) - 1)
    assert told_of(api, token) == {"active": False}
    assert last_log(capsys, SECRET, token)["reason"] == "token_expired"


@spec("RFC7662-2.2")
def test_one_of_another_issuer_is_inactive(api: ClientApp, here: Visit, tenant: Tenant) -> None:
    """A table that was copied from another tenant gives nothing away."""
    token = tokens_of(here)["access_token"]
    change_claims(tenant, token, iss="https://other.example")
    assert told_of(api, token) == {"active": False}


def sweep(here: Visit, tokens: dict[str, Any]) -> None:
    requests = here.tenant.table("Requests")
    requests.delete(id=kept(here.tenant, tokens["access_token"])["id"])


def revoke_token(here: Visit, tokens: dict[str, Any]) -> None:
    here.app.post("/revoke", {"token": tokens["access_token"]})


def revoke_grant(here: Visit, tokens: dict[str, Any]) -> None:
    here.app.post("/revoke", {"token": tokens["refresh_token"]})


def lose_grant(here: Visit, tokens: dict[str, Any]) -> None:
    here.tenant.table("Grants").delete(grant_id=tokens["refresh_token"].partition(".")[0])


def delete_client(here: Visit, _: dict[str, Any]) -> None:
    ClientRegistry(os.environ["CLIENTS_TABLE"]).remove(here.app.client.client_id, revision=None)


def hand_grant_over(here: Visit, tokens: dict[str, Any]) -> None:
    grants = here.tenant.table("Grants")
    grants.change(grants.find(grant_id=tokens["refresh_token"].partition(".")[0]), sub="somebody-else")


ENDS: dict[str, Callable[[Visit, dict[str, Any]], None]] = {
    "swept": sweep,
    "revoked by itself": revoke_token,
    "its refresh token revoked": revoke_grant,
    "its grant gone": lose_grant,
    "its client deleted": delete_client,
    "its grant another person's": hand_grant_over,
}


@spec("RFC7662-2.2")
@pytest.mark.parametrize("seen", [False, True], ids=["not seen", "seen"])
@pytest.mark.parametrize("case", ENDS)
def test_it_is_inactive_as_soon_as_it_has_ended(
    *, api: ClientApp, here: Visit, case: str, seen: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = tokens_of(here)
    if seen:
        assert told_of(api, tokens["access_token"])["active"] is True
    ENDS[case](here, tokens)
    assert told_of(api, tokens["access_token"]) == {"active": False}
    reason = last_log(capsys, SECRET, tokens["access_token"])["reason"]
    assert reason in {"token_revoked", "token_unknown"}


@spec("RFC7662-2.2")
def test_a_deleted_clients_own_is_inactive(api: ClientApp, caller: Caller, tenant: Tenant) -> None:
    service = ClientApp(tenant.client(), caller)
    token = opaque(service.token({"grant_type": "client_credentials", "resource": VAULT}))
    assert told_of(api, token)["active"] is True
    ClientRegistry(os.environ["CLIENTS_TABLE"]).remove(service.client.client_id, revision=None)
    assert told_of(api, token) == {"active": False}


@spec("RFC7662-2.2")
def test_a_disabled_persons_is_inactive(api: ClientApp, caller: Caller, tenant: Tenant) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    token = app.tokens(Browser(caller), person, scope="read", resource=VAULT)["access_token"]
    assert told_of(api, token)["active"] is True
    tenant.disable(person)
    assert told_of(api, token) == {"active": False}


@spec("RFC7662-2.2")
def test_tokens_that_are_out_stay_what_they_are_when_the_format_changes(
    caller: Caller, tenant: Tenant
) -> None:
    """What the record says holds for new ones."""
    resource = "https://changes-its-mind.example/"
    service = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "resource": resource}
    _, client = tenant.resource_server(resource)
    signed = service.token(fields).json["access_token"]
    tenant.resource_server(resource, access_token_format="opaque")
    api = ClientApp(client, caller)
    assert told_of(api, signed)["active"] is True
