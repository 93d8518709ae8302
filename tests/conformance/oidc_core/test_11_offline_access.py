"""OpenID Connect Core section 11: offline_access, and section 12: refreshing an ID token."""

import time
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.http import Caller
from tests.support.refusal import assert_refused
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


@spec("OIDC-Core-11")
@pytest.mark.parametrize(
    ("scope", "given"),
    [("openid", False), ("openid profile read", False), ("openid offline_access", True), ("read", True)],
)
def test_an_openid_request_gets_a_refresh_token_only_for_offline_access(
    *, known: Visit, scope: str, given: bool
) -> None:
    tokens = known.app.redeem(known.code(scope=scope)).json
    assert ("refresh_token" in tokens) is given


@spec("OIDC-Core-11")
def test_offline_access_is_ignored_where_the_client_has_no_refresh_tokens(
    caller: Caller, tenant: Tenant
) -> None:
    known = visit(caller, tenant, tenant.public_client(grant_types=("authorization_code",)))
    tokens = known.app.redeem(known.code(scope="openid offline_access")).json
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid"


@spec("OIDC-Core-17.4")
@spec("OIDC-Core-11")
def test_offline_access_needs_the_persons_own_consent(known: Visit, tenant: Tenant) -> None:
    app = ClientApp(tenant.public_client(), known.app.caller)
    known.browser.open("/authorize", app.request(scope="openid"))
    known.browser.consent()
    silent = known.browser.open("/authorize", app.request(scope="openid offline_access", prompt="none"))
    assert_refused(silent, app, "consent_required")
    page = known.browser.open("/authorize", app.request(scope="openid offline_access"))
    assert known.browser.at("/consent")
    assert "Keep access while you are away" in page.body
    assert "refresh_token" in app.redeem(known.browser.consent().query["code"]).json


@spec("OIDC-Core-12.2")
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_refreshed_id_token_is_about_the_same_sign_in(caller: Caller, tenant: Tenant, alg: str) -> None:
    known = visit(caller, tenant, tenant.public_client(id_token_signed_response_alg=alg))
    tokens = known.app.redeem(known.code()).json
    before = claims_of(known, tokens)
    refreshed = known.app.refresh(tokens["refresh_token"]).json
    after = claims_of(known, refreshed)
    same = ("iss", "sub", "aud", "auth_time", "sid", "amr")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert before["iat"] <= after["iat"] <= time.time()
    assert after["exp"] - after["iat"] == before["exp"] - before["iat"]
    # Section 12.2: it SHOULD have no nonce; and no more than was there before.
    assert set(after) == set(before) - {"nonce"}
    assert unverified(refreshed["id_token"])[0]["alg"] == alg


@spec("OIDC-Core-12.2")
def test_auth_time_stays_that_of_the_grant_when_the_person_signs_in_again(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    app.tokens(browser, person)
    sessions = tenant.table("Sessions")
    long_ago = int(time.time()) - 3_600
    sessions.change(sessions.find(sub=person.sub), auth_time=long_ago)
    tokens = app.tokens(browser, person)
    assert unverified(tokens["id_token"])[1]["auth_time"] == long_ago
    browser.open("/authorize", app.request(prompt="login"))
    renewed = app.redeem(browser.sign_in(person).query["code"]).json
    assert unverified(renewed["id_token"])[1]["auth_time"] > long_ago
    refreshed = app.refresh(tokens["refresh_token"]).json
    assert unverified(refreshed["id_token"])[1]["auth_time"] == long_ago
    assert unverified(refreshed["access_token"])[1]["auth_time"] == long_ago


@spec("OIDC-Core-12.2")
def test_refreshing_without_openid_gives_no_id_token(known: Visit) -> None:
    tokens = known.app.redeem(known.code(scope="openid read offline_access")).json
    refreshed = known.app.refresh(tokens["refresh_token"], scope="read").json
    assert refreshed["scope"] == "read"
    assert "id_token" not in refreshed
    # It was narrower for this once: the grant still has openid.
    again = known.app.refresh(refreshed["refresh_token"]).json
    assert "id_token" in again


def claims_of(known: Visit, tokens: dict[str, Any]) -> dict[str, Any]:
    return verified(tokens["id_token"], known.app.caller, audience=known.app.client.client_id)
