"""OpenID Connect RP-Initiated Logout section 6: another site can't sign a person out unasked."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec


@spec("OIDC-RPInitiated-6")
@pytest.mark.parametrize(
    "fields", [{"decision": "sign_out"}, {"decision": "stay"}, {"decision": "x", "state": "s"}, {}]
)
def test_a_post_without_cookies_ends_nothing_and_takes_no_cookie_away(
    fields: dict[str, str], caller: Caller
) -> None:
    # A browser withholds SameSite=Lax cookies here, and would still accept their removal.
    answer = caller.post("/end_session", fields)
    assert answer.status == 303
    assert answer.location.startswith("/end_session?")
    assert "decision" not in answer.location
    assert answer.cookies == ()


@spec("OIDC-RPInitiated-6")
def test_a_post_without_cookies_too_long_for_a_url_is_refused(caller: Caller) -> None:
    answer = caller.post("/end_session", {"ui_locales": "x" * 7_000})
    assert answer.status == 413
    assert answer.cookies == ()


@spec("OIDC-RPInitiated-2")
def test_a_state_without_end_is_refused_before_anything_ends(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    tokens = app.tokens(browser, tenant.person())
    fields = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": app.client.post_logout_redirect_uris[0],
    }
    refused = browser.submit("/end_session", {**fields, "state": "s" * 2_049})
    assert refused.status == 400
    assert "code" in browser.open("/authorize", app.request(prompt="none")).query
    done = browser.submit("/end_session", {**fields, "state": "s" * 2_048})
    assert done.query["state"] == "s" * 2_048


@spec("OIDC-RPInitiated-2")
def test_signing_out_ends_what_is_bound_to_earlier_people_of_this_browser(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    first, second = tenant.person(), tenant.person()
    bound = app.tokens(browser, first, scope="read")["refresh_token"]
    browser.open("/authorize", app.request(scope="read", prompt="login"))
    browser.sign_in(second)
    code = browser.consent().query["code"]
    own = app.redeem(code).json["refresh_token"]
    browser.open("/end_session")
    browser.fill(("decision", "sign_out"))
    assert app.refresh(bound).error == "invalid_grant"
    assert app.refresh(own).error == "invalid_grant"
