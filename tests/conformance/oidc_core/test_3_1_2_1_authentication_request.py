"""OpenID Connect Core section 3.1.2.1: the other parameters, and what is not served."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller, encode
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

FORM = {"content-type": "application/x-www-form-urlencoded"}


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("display", "page"),
        ("display", "hologram"),
        ("ui_locales", "fr-CA fr en"),
        ("ui_locales", "tlh x-nothing"),
        ("claims_locales", "xx"),
        ("acr_values", "urn:unheard:of phr"),
        ("claims", '{"userinfo":{"name":null}}'),
        ("foo", "bar"),
        ("nonce", ""),
    ],
)
def test_what_is_unknown_or_merely_wished_for_never_fails(known: Visit, name: str, value: str) -> None:
    assert "code" in known.answer(**{name: value}).query


@spec("OIDC-Core-3.1.2.6")
@pytest.mark.parametrize("prompt", ["none", None])
@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("registration", "{}", "registration_not_supported"),
    ],
)
def test_what_is_not_served_is_said(
    stack: LocalStack,
    known: Visit,
    capsys: pytest.CaptureFixture[str],
    *,
    prompt: str | None,
    name: str,
    value: str,
    error: str,
) -> None:
    with nothing_written(stack):
        answer = known.answer(**{name: value, "prompt": prompt})
    assert_refused(answer, known.app, error)
    assert last_log(capsys)["reason"] == "parameter_not_supported"


@spec("OIDC-Core-14")
@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("nonce", ["n-0S6_WzA2Mj", "a b+c/d=%25&e", "ключ \U0001f511", "n" * 2_048])
def test_the_nonce_comes_back_in_the_id_token_byte_for_byte(known: Visit, nonce: str) -> None:
    claims = unverified(known.app.redeem(known.code(nonce=nonce)).json["id_token"])[1]
    assert claims["nonce"] == nonce


@spec("OIDC-Core-3.1.2.1")
def test_without_a_nonce_there_is_none_in_the_id_token(known: Visit) -> None:
    assert "nonce" not in unverified(known.app.redeem(known.code(nonce=None)).json["id_token"])[1]


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a nonce over 2 KB": ({"nonce": "n" * 2_049}, "invalid_request", "parameter_too_long"),
    "two nonces": ({"nonce": ["one", "two"]}, "invalid_request", "parameter_repeated"),
    "two prompts": ({"prompt": ["login", "consent"]}, "invalid_request", "parameter_repeated"),
    "no redirect_uri": ({"redirect_uri": None}, "invalid_request", "redirect_uri_missing"),
    "no response_type": ({"response_type": None}, "invalid_request", "parameter_missing"),
    "implicit": ({"response_type": "id_token"}, "unauthorized_client", "response_type_not_allowed"),
    "hybrid": ({"response_type": "code id_token"}, "unauthorized_client", "response_type_not_allowed"),
}


@spec("OIDC-Core-3.1.2.2")
@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_does_not_hold_is_refused(
    stack: LocalStack, known: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = REFUSED[case]
    with nothing_written(stack):
        answer = known.answer(**changes)
    mode = "fragment" if "id_token" in str(changes.get("response_type")) else "query"
    assert_refused(answer, known.app, error, mode=mode)
    assert last_log(capsys)["reason"] == reason


@spec("OIDC-Core-3.1.2.1")
def test_openid_without_redirect_uri_is_refused_though_plain_oauth_may_leave_it_out(known: Visit) -> None:
    assert "code" in known.answer(redirect_uri=None, scope="read").query
    assert known.answer(redirect_uri=None, scope="openid read").query["error"] == "invalid_request"


@spec("OIDC-Core-3.1.2.1")
def test_without_the_scope_openid_there_is_no_id_token(known: Visit) -> None:
    tokens = known.app.redeem(known.code(scope="read")).json
    assert tokens["scope"] == "read"
    assert "id_token" not in tokens


@spec("OIDC-Core-13.1")
@spec("OIDC-Core-13.2")
@spec("OIDC-Core-3.1.2.1")
def test_a_post_is_served_as_a_get_is(known: Visit) -> None:
    answer = known.browser.submit("/authorize", known.app.request())
    assert (answer.status, answer.query["state"]) == (303, "a state")
    assert known.app.redeem(answer.query["code"]).status == 200


@spec("OIDC-Core-3.1.2.1")
def test_a_post_from_another_site_comes_again_as_a_get_with_its_cookies(
    stack: LocalStack, known: Visit
) -> None:
    request = {**known.app.request(), "unknown": "dropped"}
    with nothing_written(stack):
        answer = known.app.caller.send("POST", "/authorize", headers=FORM, body=encode(request).encode())
    assert answer.status == 303
    assert answer.location.startswith("/authorize?")
    assert answer.query == known.app.request()
    assert "code" in known.browser.open(answer.location).query


@spec("OIDC-Core-3.1.2.1")
def test_a_post_too_long_for_a_url_gives_no_browser_another_identity(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser, *, capsys: pytest.CaptureFixture[str]
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    request = app.request(state="s" * 2_048, nonce="n" * 2_048, login_hint="h" * 2_000)
    # Without cookies it may come from another site: they can't be asked for, nor new ones given.
    with nothing_written(stack):
        answer = browser.submit("/authorize", request)
    assert_refused(answer, app, "invalid_request", state="s" * 2_048)
    assert last_log(capsys)["reason"] == "query_too_large"
    # From a browser that is known, it is served as it is.
    browser.open("/authorize", app.request())
    browser.submit("/authorize", request)
    assert browser.at("/login")
    browser.sign_in(person)
    assert browser.consent().query["state"] == "s" * 2_048
