"""OpenID Connect RP-Initiated Logout section 2: what a session gave ends with it, however it was got."""

import time

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.device import connect, device
from tests.support.environment import changed_environment
from tests.support.http import Answer, Caller
from tests.support.response_types import HYBRID, WITH_TOKEN, every_type, members
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

BOUND = "read"


@pytest.fixture
def here(caller: Caller, tenant: Tenant, browser: Browser) -> Visit:
    """A session to end, before an app of every response type."""
    app, person = ClientApp(every_type(tenant), caller), tenant.person()
    browser.authorize(person, app.request(scope="openid read"))
    return Visit(app, browser, person, tenant)


def sign_out(browser: Browser) -> None:
    browser.open("/end_session")
    assert "You are signed out" in browser.fill(("decision", "sign_out")).body


def userinfo(caller: Caller, token: str) -> Answer:
    return caller.get("/userinfo", authorization=f"Bearer {token}")


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("response_type", WITH_TOKEN)
def test_access_tokens_of_the_front_channel_end(here: Visit, response_type: str) -> None:
    token = members(here, response_type, scope="openid")["access_token"]
    assert userinfo(here.app.caller, token).status == 200
    sign_out(here.browser)
    refused = userinfo(here.app.caller, token)
    assert (refused.status, 'error="invalid_token"' in refused.headers["www-authenticate"]) == (401, True)


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("response_type", ["code", *HYBRID])
def test_codes_that_wait_end(here: Visit, response_type: str) -> None:
    mode = {"mode": "query"} if response_type == "code" else {}
    code = members(here, response_type, scope="openid read", **mode)["code"]
    sign_out(here.browser)
    assert here.app.redeem(code).error == "invalid_grant"


@spec("OIDC-RPInitiated-2")
def test_refresh_tokens_of_a_code_end(here: Visit) -> None:
    tokens = here.app.redeem(here.code(scope=BOUND)).json
    rotated = here.app.refresh(tokens["refresh_token"]).json.get("refresh_token", tokens["refresh_token"])
    sign_out(here.browser)
    assert here.app.refresh(rotated).error == "invalid_grant"


@spec("OIDC-RPInitiated-2")
def test_refresh_tokens_of_a_device_end_and_a_device_that_waits_gets_none(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    person: Person = tenant.person()
    used, waits = device(caller, tenant), device(caller, tenant)
    for one in (used, waits):
        connect(browser, person, one.ask(scope=BOUND).user_code)
        one.wait()
    tokens = used.tokens()
    assert used.app.refresh(tokens["refresh_token"]).status == 200
    sign_out(browser)
    assert used.app.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert waits.poll().status == 400


@spec("OIDC-RPInitiated-2")
def test_offline_access_stays_whichever_way_it_was_got(caller: Caller, tenant: Tenant, here: Visit) -> None:
    offline = "openid offline_access read"
    tokens = here.app.redeem(here.code(scope=offline)).json
    television = device(caller, tenant)
    connect(here.browser, here.person, television.ask(scope=offline).user_code)
    television.wait()
    connected = television.tokens()
    sign_out(here.browser)
    assert here.app.refresh(tokens["refresh_token"]).status == 200
    assert television.app.refresh(connected["refresh_token"]).status == 200


@spec("OIDC-RPInitiated-2")
def test_what_is_bound_to_a_session_is_no_longer_good_than_it(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    """Nobody signs out, and the session is over: its refresh tokens are too."""
    app = ClientApp(tenant.public_client(), caller)
    with changed_environment(SESSION_LIFETIME="600", SESSION_IDLE_LIFETIME="600"):
        code = app.code(browser, tenant.person(), scope=BOUND)
        tokens = app.redeem(code).json
    table = tenant.table("Grants")
    grant = table.find(grant_id=code.partition(".")[0])
    assert grant["refresh_until"] <= int(time.time()) + 600
    assert grant["exp"] == grant["refresh_until"]
    table.change(grant, exp=int(time.time()) - 1)
    assert app.refresh(tokens["refresh_token"]).error == "invalid_grant"
