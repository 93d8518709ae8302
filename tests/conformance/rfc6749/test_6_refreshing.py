"""RFC 6749 section 6: new access tokens for a refresh token, for its client, within what was granted."""

import time
from typing import Any

import pytest

from tests.support.client_app import ClientApp, unverified, verified
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

SCOPE = "openid profile read write offline_access"


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    """At a confidential client, whose refresh tokens stay as they are."""
    return visit(caller, tenant, tenant.client())


def redeem(here: Visit, **changes: str | list[str] | None) -> dict[str, Any]:
    answer = here.app.redeem(here.code(**{"scope": SCOPE, **changes}))
    assert answer.status == 200, answer.body
    tokens: dict[str, Any] = answer.json
    return tokens


@spec("RFC6749-6")
def test_refreshing_gives_new_tokens_of_the_same_grant(here: Visit) -> None:
    before = redeem(here)
    after = here.app.refresh(before["refresh_token"]).json
    old, new = (unverified(tokens["access_token"])[1] for tokens in (before, after))
    changing = {"jti", "iat", "exp"}
    assert {k: v for k, v in new.items() if k not in changing} == {
        k: v for k, v in old.items() if k not in changing
    }
    assert new["jti"] != old["jti"]
    assert new["jti"].partition(".")[0] == old["jti"].partition(".")[0]
    assert after["scope"] == SCOPE


@spec("OIDC-Core-12.2")
def test_the_new_id_token_is_about_the_same_sign_in_and_has_no_nonce(here: Visit, caller: Caller) -> None:
    before = redeem(here)
    after = here.app.refresh(before["refresh_token"]).json
    client_id = here.app.client.client_id
    old, new = (verified(tokens["id_token"], caller, audience=client_id) for tokens in (before, after))
    for claim in ("iss", "sub", "aud", "auth_time", "sid", "amr"):
        assert new[claim] == old[claim]
    assert old["nonce"] == "a nonce"
    assert "nonce" not in new


@spec("RFC6749-6")
@pytest.mark.parametrize("scope", ["read", "openid read", "write offline_access", ""])
def test_a_narrower_scope_is_given_for_this_token_alone(here: Visit, scope: str) -> None:
    tokens = redeem(here)
    narrow = here.app.refresh(tokens["refresh_token"], scope=scope)
    assert narrow.json["scope"] == (scope or SCOPE)
    assert ("id_token" in narrow.json) == ("openid" in narrow.json["scope"])
    assert unverified(narrow.json["access_token"])[1]["scope"] == (scope or SCOPE)
    assert here.app.refresh(narrow.json["refresh_token"]).json["scope"] == SCOPE


WIDER = {
    "another of the client's": "read email",
    "another resource's": "other:read",
    "unknown": "fly",
    "other case": "READ",
}


@spec("RFC6749-6")
@pytest.mark.parametrize("case", WIDER)
def test_a_wider_scope_is_refused_and_the_token_stays_good(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    refresh_token = redeem(here)["refresh_token"]
    assert_json_error(here.app.refresh(refresh_token, scope=WIDER[case]), "invalid_scope")
    assert last_log(capsys, refresh_token)["reason"] == "scope_wider"
    assert here.app.refresh(refresh_token).status == 200


@spec("RFC6749-6")
def test_a_resource_not_granted_is_refused_and_the_token_stays_good(here: Visit, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    refresh_token = redeem(here)["refresh_token"]
    assert_json_error(here.app.refresh(refresh_token, resource=OTHER_API), "invalid_target")
    assert here.app.refresh(refresh_token, resource=API).status == 200


@spec("RFC6749-6")
@pytest.mark.parametrize("grant", ["refused scope", "refused resource"])
def test_a_refused_refresh_of_a_rotating_client_loses_nothing(
    caller: Caller, tenant: Tenant, grant: str
) -> None:
    here = visit(caller, tenant)
    refresh_token = redeem(here)["refresh_token"]
    fields = {"scope": "email"} if grant == "refused scope" else {"resource": "https://nobody.example/"}
    assert here.app.refresh(refresh_token, **fields).status == 400
    again = here.app.refresh(refresh_token)
    assert again.status == 200
    assert here.app.refresh(again.json["refresh_token"]).status == 200


@spec("RFC6749-6")
def test_another_clients_refresh_token_is_refused(
    here: Visit, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    refresh_token = redeem(here)["refresh_token"]
    thief = ClientApp(tenant.client(), here.app.caller)
    with unchanged():
        answer = thief.refresh(refresh_token)
    assert_json_error(answer, "invalid_grant")
    line = last_log(capsys, refresh_token)
    assert (line["reason"], line["grant_id"]) == (
        "refresh_token_of_another_client",
        refresh_token.partition(".")[0],
    )
    assert here.app.refresh(refresh_token).status == 200


@spec("RFC6749-6")
def test_a_confidential_client_must_authenticate(here: Visit, caller: Caller) -> None:
    refresh_token = redeem(here)["refresh_token"]
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    client_id = here.app.client.client_id
    with unchanged():
        named = caller.post("/token", {**fields, "client_id": client_id})
        wrong = caller.post("/token", fields, auth=(client_id, "wrong"))
    assert_json_error(named, "invalid_client", status=401)
    assert_json_error(wrong, "invalid_client", status=401)


MANGLED = {
    "empty secret": "{id}.1.",
    "one letter less": "{all}<",
    "one letter more": "{all}A",
    "no generation": "{id}.{secret}",
    "generation zero": "{id}.0.{secret}",
    "generation with a zero": "{id}.01.{secret}",
    "negative generation": "{id}.-1.{secret}",
    "endless generation": "{id}.9999999999.{secret}",
    "digits of another script": "{id}.\N{ARABIC-INDIC DIGIT ONE}.{secret}",
    "a line more": "{all}\n",
    "a space": " {all}",
    "its code's form": "{id}.{part}",
}


@spec("RFC6749-6")
@pytest.mark.parametrize("case", MANGLED)
def test_what_was_never_a_refresh_token_is_refused(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    whole = redeem(here)["refresh_token"]
    grant_id, _, secret = whole.split(".")
    text = MANGLED[case].format(id=grant_id, secret=secret, all=whole, part=secret[:43])
    presented = text[:-2] if text.endswith("<") else text
    with unchanged():
        answer = here.app.refresh(presented)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys, secret)["reason"] == "refresh_token_malformed"


@spec("RFC6749-6")
@pytest.mark.parametrize("member", ["access_token", "id_token"])
def test_another_kind_of_token_refreshes_nothing(here: Visit, member: str) -> None:
    assert_json_error(here.app.refresh(redeem(here)[member]), "invalid_grant")


@spec("RFC6749-1.5")
@pytest.mark.parametrize(
    ("grant_types", "scope"),
    [
        (("authorization_code",), "openid offline_access"),
        (("authorization_code",), "read"),
        (("authorization_code", "refresh_token"), "openid read"),
    ],
    ids=["client without, offline", "client without, plain OAuth", "openid without offline_access"],
)
def test_no_refresh_token_is_given_to_who_may_not_or_did_not_ask(
    caller: Caller, tenant: Tenant, grant_types: tuple[str, ...], scope: str
) -> None:
    here = visit(caller, tenant, tenant.public_client(grant_types=grant_types))
    assert "refresh_token" not in redeem(here, scope=scope)


@spec("RFC6749-6")
def test_without_offline_access_the_refresh_token_ends_with_the_session(here: Visit, tenant: Tenant) -> None:
    bound = redeem(here, scope="read")["refresh_token"]
    grants = tenant.table("Grants")
    grant = grants.find(grant_id=bound.partition(".")[0])
    session = next(each for each in tenant.table("Sessions").items() if each["sid"] == grant["sid"])
    assert grant["exp"] <= session["exp"]
    assert here.app.refresh(bound).status == 200
    grants.change(grant, exp=int(time.time()) - 1)
    assert_json_error(here.app.refresh(bound), "invalid_grant")
