"""OpenID Connect Core section 3.1: the authorization code flow from its first step to its last. RFC 6749's
own rules of the two endpoints are in tests/conformance/rfc6749, the request's parameters in test_3_1_2_1_*.
"""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, verified
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, assert_refused, last_log
from tests.support.tenant import REDIRECT_URI, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


@spec("OIDC-Core-3.1")
@spec("OIDC-Core-3.1.1")
@spec("OIDC-Core-3.1.2")
def test_the_flow_goes_step_by_step(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app, person = ClientApp(tenant.client(), caller), tenant.person()
    browser.open("/authorize", app.request(scope="openid email"))
    assert browser.at("/login")
    browser.sign_in(person)
    assert browser.at("/consent")
    answer = browser.consent()
    tokens = app.redeem(answer.query["code"]).json
    claims = verified(tokens["id_token"], caller, audience=app.client.client_id)
    userinfo = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").json
    assert claims["sub"] == userinfo["sub"] == person.sub


@spec("OIDC-Core-3.1.2.5")
@pytest.mark.parametrize("state", ["a state", "a+b %26&c=d#e/ü", None])
def test_the_response_is_a_code_the_state_and_the_issuer_in_the_query(
    known: Visit, state: str | None
) -> None:
    answer = known.answer(state=state)
    assert (answer.status, "#" in answer.location) == (303, False)
    members = dict(answer.query)
    assert members.pop("code")
    # Where the tenant has session management on (tests/conformance/oidc_session).
    members.pop("session_state", None)
    expected = {"state": state, "iss": known.app.caller.issuer}
    assert members == {name: value for name, value in expected.items() if value is not None}


@spec("OIDC-Core-3.1.2.5")
@spec("OIDC-Core-3.1.2.6")
def test_what_a_client_can_not_do_it_is_told_where_it_registered(known: Visit) -> None:
    assert_refused(known.answer(response_type="code unheard_of"), known.app, "unsupported_response_type")
    assert_refused(known.answer(scope="unheard_of"), known.app, "invalid_scope")


@spec("OIDC-Core-3.1.3")
@spec("OIDC-Core-3.1.3.1")
@spec("OIDC-Core-3.1.3.3")
def test_the_token_response_is_json_nobody_keeps(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app = ClientApp(tenant.client(), caller)
    answer = app.redeem(app.code(browser, tenant.person(), scope="openid"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json
    assert set(told) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert told["token_type"] == "Bearer"


INVALID: dict[str, dict[str, Any]] = {
    "another redirect_uri": {"redirect_uri": REDIRECT_URI + "/other"},
    "no redirect_uri": {"redirect_uri": None},
    "another verifier": {"code_verifier": "x" * 43},
    "a code nobody made": {"code": "x" * 22 + "." + "y" * 43},
}


@spec("OIDC-Core-3.1.3.2")
@spec("OIDC-Core-3.1.3.4")
@pytest.mark.parametrize("case", INVALID)
def test_a_code_with_anything_wrong_about_it_is_an_invalid_grant(
    caller: Caller, tenant: Tenant, browser: Browser, case: str
) -> None:
    app = ClientApp(tenant.client(), caller)
    code = app.code(browser, tenant.person())
    changes = {name: value for name, value in INVALID[case].items() if value is not None}
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
    fields |= {"code_verifier": app.code_verifier, **changes}
    if case == "no redirect_uri":
        del fields["redirect_uri"]
    assert_json_error(app.token(fields), "invalid_grant")
    # A wrong guess spends nothing.
    assert app.redeem(code).status == 200


@spec("OIDC-Core-3.1.3.2")
def test_a_code_is_its_clients_and_good_once(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app, other = (ClientApp(tenant.client(), caller) for _ in range(2))
    code = app.code(browser, tenant.person())
    other.code_verifier = app.code_verifier
    assert_json_error(other.redeem(code), "invalid_grant")
    tokens = app.redeem(code).json
    assert_json_error(app.redeem(code), "invalid_grant")
    # What was issued on a code that is shown twice has ended.
    userinfo = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    assert (userinfo.status, userinfo.error) == (401, "invalid_token")


@spec("OIDC-Core-3.1.3.4")
def test_a_client_that_can_not_authenticate_is_told_so(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser, capsys: Log
) -> None:
    app = ClientApp(tenant.client(), caller)
    code = app.code(browser, tenant.person())
    wrong = ClientApp(app.client, caller, code_verifier=app.code_verifier, secret="not the secret")
    with nothing_written(stack):
        answer = wrong.redeem(code)
    assert (answer.status, answer.error) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert last_log(capsys, code)["reason"] == "client_secret_wrong"


@spec("OIDC-Core-3.1.3.6")
@spec("OIDC-Core-3.1.3.8")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256"])
def test_the_id_token_is_signed_beside_the_access_token_and_has_no_hash_of_it(
    caller: Caller, tenant: Tenant, browser: Browser, alg: str
) -> None:
    """The hash is optional here, and would have the person wait for one signature after the other."""
    app = ClientApp(tenant.client(id_token_signed_response_alg=alg), caller)
    tokens = app.tokens(browser, tenant.person())
    for given in (tokens, app.refresh(tokens["refresh_token"]).json):
        claims = verified(given["id_token"], caller, audience=app.client.client_id)
        assert "at_hash" not in claims
