"""RFC 9470 section 5: what a resource server demanded is asked for with acr_values and max_age."""

import time

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

ACR = "urn:keyturn:acr:pwd"


@spec("RFC9470-5")
@pytest.mark.parametrize("values", ["myACR", "1 2", ACR.upper()])
@pytest.mark.parametrize("prompt", ["none", None])
def test_acr_values_that_can_not_be_met_are_said_so_that_nobody_goes_round_in_circles(
    stack: LocalStack,
    here: Visit,
    capsys: pytest.CaptureFixture[str],
    *,
    values: str,
    prompt: str | None,
) -> None:
    with nothing_written(stack):
        answer = here.answer(scope="read", nonce=None, acr_values=values, prompt=prompt)
    assert_refused(answer, here.app, "unmet_authentication_requirements")
    assert last_log(capsys)["reason"] == "acr_unmet"


@spec("RFC9470-5")
def test_one_of_several_will_do_and_is_in_the_token(here: Visit) -> None:
    code = here.code(scope="read", nonce=None, acr_values=f"myACR {ACR}")
    claims = unverified(here.app.redeem(code).json["access_token"])[1]
    assert claims["acr"] == ACR


@spec("RFC9470-5")
def test_acr_values_and_max_age_hold_together(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request(scope="read"))
    sessions, hour_ago = tenant.table("Sessions"), int(time.time()) - 3_600
    sessions.change(sessions.find(sub=person.sub), auth_time=hour_ago)
    # The acr of the session would do, its age does not.
    browser.open("/authorize", app.request(scope="read", acr_values=ACR, max_age="300"))
    assert browser.at("/login")
    claims = unverified(app.redeem(browser.sign_in(person).query["code"]).json["access_token"])[1]
    assert claims["acr"] == ACR
    assert claims["auth_time"] > hour_ago
    # Its age would do, its acr can't be met: nothing makes up for it.
    answer = browser.open("/authorize", app.request(scope="read", acr_values="myACR", max_age="300"))
    assert_refused(answer, app, "unmet_authentication_requirements")


@spec("RFC9470-6.1")
@spec("RFC9470-6.2")
def test_acr_and_auth_time_are_in_the_access_token_and_told_at_introspection(
    here: Visit, tenant: Tenant
) -> None:
    _, api = tenant.resource_server()
    tokens = here.app.redeem(here.code(scope="read offline_access", nonce=None)).json
    asker = ClientApp(api, here.app.caller)
    for token in (tokens, here.app.refresh(tokens["refresh_token"]).json):
        claims = unverified(token["access_token"])[1]
        assert claims["acr"] == ACR
        assert type(claims["auth_time"]) is int
        told = asker.post("/introspect", {"token": token["access_token"]}).json
        assert {name: told[name] for name in ("acr", "auth_time")} == {
            name: claims[name] for name in ("acr", "auth_time")
        }


@spec("RFC9470-7")
def test_which_acr_values_there_are_is_in_the_metadata(here: Visit) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        assert here.app.caller.get(path).json["acr_values_supported"] == [ACR]
