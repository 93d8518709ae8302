"""OpenID Connect Dynamic Registration section 2: what a client registered holds for requests that do not say
it themselves.
"""

import time
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.refusal import assert_refused
from tests.support.registration import WEB, Registrar, app_of
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

HOUR = 3_600


def signed_in_an_hour_ago(
    caller: Caller, tenant: Tenant, browser: Browser, **registered: Any
) -> tuple[ClientApp, Person]:
    app, person = ClientApp(tenant.public_client(**registered), caller), tenant.person()
    browser.authorize(person, app.request())
    sessions = tenant.table("Sessions")
    sessions.change(sessions.find(sub=person.sub), auth_time=int(time.time()) - HOUR)
    return app, person


@spec("OIDC-Registration-2")
def test_an_older_sign_in_than_the_default_max_age_is_renewed(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = signed_in_an_hour_ago(caller, tenant, browser, default_max_age=HOUR - 600)
    before = int(time.time())
    with nothing_written(stack):
        silent = browser.open("/authorize", app.request(prompt="none"))
    assert_refused(silent, app, "login_required")
    browser.open("/authorize", app.request())
    assert browser.at("/login")
    code = browser.sign_in(person).query["code"]
    assert unverified(app.redeem(code).json["id_token"])[1]["auth_time"] >= before


@spec("OIDC-Registration-2")
@pytest.mark.parametrize(("registered", "asked"), [(0, str(HOUR + 600)), (HOUR + 600, None)])
def test_the_requests_own_max_age_goes_before_it(
    *, caller: Caller, tenant: Tenant, browser: Browser, registered: int, asked: str | None
) -> None:
    app, _ = signed_in_an_hour_ago(caller, tenant, browser, default_max_age=registered)
    assert "code" in browser.open("/authorize", app.request(max_age=asked)).query
    browser.open("/authorize", app.request(max_age=str(HOUR - 600)))
    assert browser.at("/login")


@spec("OIDC-Registration-2")
def test_zero_asks_each_time_and_only_once(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app, person = ClientApp(tenant.public_client(default_max_age=0), caller), tenant.person()
    for _ in range(2):
        browser.open("/authorize", app.request())
        assert browser.at("/login")
        answer = browser.sign_in(person)
        if browser.at("/consent"):
            answer = browser.consent()
        assert "code" in answer.query


@spec("OIDC-Registration-2")
def test_who_registered_itself_is_held_to_it_too(
    registrar: Registrar, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    """Section 2: default_max_age and require_auth_time, each with the auth_time that they call for."""
    found = registrar.registered(WEB, default_max_age=0, require_auth_time=True)
    assert (found["default_max_age"], found["require_auth_time"]) == (0, True)
    app, person = app_of(found, caller), tenant.person()
    code = browser.authorize(person, app.request(scope="openid")).query["code"]
    assert type(unverified(app.redeem(code).json["id_token"])[1]["auth_time"]) is int
    browser.open("/authorize", app.request(scope="openid"))
    assert browser.at("/login")
