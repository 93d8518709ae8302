"""RFC 7591 section 5: what a client says of itself is no more than that, and people are told so."""

from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.device import connect, device, device_client, enter
from tests.support.http import Caller
from tests.support.refusal import assert_offered, assert_refused
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

MARK = "Not verified."
UNVERIFIED = ("dynamic", "metadata_document")


@spec("OIDC-Registration-9.1")
@spec("RFC7591-5")
@pytest.mark.parametrize("registration", UNVERIFIED)
def test_login_and_consent_say_that_nobody_has_checked_the_client(
    caller: Caller, tenant: Tenant, registration: str
) -> None:
    browser, app = Browser(caller), ClientApp(tenant.public_client(registration=registration), caller)
    assert MARK in browser.open("/authorize", app.request()).body
    assert browser.at("/login")
    assert MARK in browser.sign_in(tenant.person()).body
    assert browser.at("/consent")


@spec("RFC7591-5")
def test_a_client_of_the_tenants_own_is_shown_without_a_mark(caller: Caller, tenant: Tenant) -> None:
    browser, app = Browser(caller), ClientApp(tenant.public_client(), caller)
    assert MARK not in browser.open("/authorize", app.request()).body
    assert MARK not in browser.sign_in(tenant.person()).body


@spec("RFC7591-5")
@pytest.mark.parametrize("registration", UNVERIFIED)
def test_the_device_page_says_so_too(caller: Caller, tenant: Tenant, here: Visit, registration: str) -> None:
    tv = device(caller, tenant, device_client(tenant, registration=registration))
    assert MARK in enter(here.browser, tv.ask().user_code).body
    assert MARK not in connect(here.browser, here.person, device(caller, tenant).ask().user_code).body


@spec("RFC7591-5")
@pytest.mark.parametrize("application_type", ["web", "native"])
def test_an_app_on_the_persons_device_is_asked_about_each_time_whatever_it_says_it_is(
    caller: Caller, tenant: Tenant, here: Visit, application_type: Any
) -> None:
    client = tenant.public_client(
        registration="dynamic",
        application_type=application_type,
        redirect_uris=("http://127.0.0.1:3000/callback",),
    )
    app = ClientApp(client, caller)
    for _ in range(2):
        here.browser.open("/authorize", app.request())
        assert here.browser.at("/consent")
        here.browser.consent()


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "no such response type": ({"response_type": "nothing"}, "unsupported_response_type"),
    "no such scope": ({"scope": "nothing"}, "invalid_scope"),
    "silent": ({"prompt": "none"}, "login_required"),
}


@spec("RFC9700-4.11.2")
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED)
def test_a_link_to_here_is_no_link_to_the_site_of_an_app_that_anybody_may_publish(
    caller: Caller, tenant: Tenant, changes: dict[str, str], error: str, mode: str
) -> None:
    app = ClientApp(tenant.public_client(registration="metadata_document"), caller)
    page = Browser(caller).open("/authorize", {**app.request(response_mode=mode), **changes})
    assert_offered(page, app, error, mode=mode)


@spec("OIDC-Core-3.1.2.6")
@pytest.mark.parametrize("registration", ["operator", "dynamic"])
@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED)
def test_one_the_tenant_lets_register_is_told_at_once(
    caller: Caller, tenant: Tenant, registration: str, changes: dict[str, str], error: str
) -> None:
    app = ClientApp(tenant.public_client(registration=registration), caller)
    assert_refused(Browser(caller).open("/authorize", {**app.request(), **changes}), app, error)


@spec("RFC9700-4.11.2")
def test_an_app_on_the_persons_device_and_one_they_answered_are_told_at_once(
    caller: Caller, tenant: Tenant, here: Visit
) -> None:
    uri = "http://127.0.0.1:3000/callback"
    local = ClientApp(tenant.public_client(registration="dynamic", redirect_uris=(uri,)), caller)
    answer = caller.get("/authorize", local.request(response_type="nothing"))
    assert answer.location.startswith(f"{uri}?error=unsupported_response_type")
    app = ClientApp(tenant.public_client(registration="dynamic"), caller)
    here.browser.open("/authorize", app.request())
    assert here.browser.consent("deny").query["error"] == "access_denied"


@spec("RFC9700-4.11.2")
@pytest.mark.parametrize("registration", UNVERIFIED)
def test_nor_is_a_link_to_the_sign_out(caller: Caller, tenant: Tenant, registration: str) -> None:
    after = "https://app.example.com/signed-out"
    for by in (registration, "operator"):
        client = tenant.public_client(registration=by, post_logout_redirect_uris=(after,))
        fields = {"client_id": client.client_id, "post_logout_redirect_uri": after}
        answer = caller.get("/end_session", fields)
        assert (answer.status, answer.headers.get("location")) == (
            (303, after) if by == "operator" else (200, None)
        )
