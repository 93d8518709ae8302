"""OAuth 2.0 Form Post Response Mode, section 2: the answer is a form that the browser posts to the app."""

import base64
import hashlib
import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.refusal import answered, assert_page, assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit

FORM_POST = {"response_mode": "form_post"}
HOSTILE = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "</form><form action=https://evil.example/>",
    '"><input name=code value=theirs>',
    "&quot;&amp;&lt;",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "%22%3E%3Cscript%3E",
    "a\tb\x0b\x0c\x1b",
    "ü ⚑ \U0001f511 \u202e\u2028",
    "--><!-- ]]> */",
]


@spec("OAuth-FormPost-2")
def test_a_code_is_posted_to_the_app_and_redeemed(here: Visit) -> None:
    answer = here.answer(**FORM_POST)
    members = answered(answer, here.app, mode="form_post")
    assert set(members) == {"code", "state", "iss", "session_state"}
    assert (members["state"], members["iss"]) == ("a state", here.app.caller.issuer)
    assert here.app.redeem(members["code"]).status == 200


@spec("OAuth-FormPost-4")
@spec("OAuth-FormPost-2")
def test_the_page_is_not_kept_nor_framed_and_runs_the_one_script_that_sends_it(here: Visit) -> None:
    answer = here.answer(**FORM_POST)
    (form,) = forms(answer.body)
    assert set(form.fields) == {"code", "state", "iss", "session_state"}
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert answer.headers["x-frame-options"] == "DENY"
    policy = answer.headers["content-security-policy"].split("; ")
    (script,) = re.findall(r"<script>(.*?)</script>", answer.body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
    assert [one for one in policy if one.startswith("script-src")] == [f"script-src 'sha256-{digest}'"]
    # Whoever runs no scripts has a button; neither it nor anything else adds a member.
    assert answer.body.count("<button>") == 1
    assert "location" not in answer.headers


@spec("OAuth-FormPost-2")
def test_what_a_person_decides_on_a_page_is_posted_as_well(caller: Caller, tenant: Tenant) -> None:
    app, person, browser = ClientApp(tenant.public_client(), caller), tenant.person(), Browser(caller)
    browser.open("/authorize", app.request(**FORM_POST))
    assert_refused(browser.fill(("action", "cancel")), app, "access_denied", mode="form_post")
    browser.open("/authorize", app.request(**FORM_POST))
    browser.sign_in(person)
    assert_refused(browser.consent("deny"), app, "access_denied", mode="form_post")
    browser.open("/authorize", app.request(**FORM_POST))
    members = answered(browser.consent(), app, mode="form_post")
    assert app.redeem(members["code"]).status == 200


REFUSED: dict[str, tuple[dict[str, str | list[str] | None], str, str]] = {
    "no such response type": (
        {"response_type": "nothing"},
        "unsupported_response_type",
        "response_type_not_supported",
    ),
    "no response type": ({"response_type": None}, "invalid_request", "parameter_missing"),
    "no such scope": ({"scope": "fly"}, "invalid_scope", "scope_unknown"),
    "a scope twice": ({"scope": ["read", "write"]}, "invalid_request", "parameter_repeated"),
    "no such resource": ({"resource": "https://x.example/"}, "invalid_target", "resource_unknown"),
    "no challenge": (
        {"code_challenge": None, "code_challenge_method": None},
        "invalid_request",
        "pkce_missing",
    ),
    "silent": ({"prompt": "none", "max_age": "0"}, "login_required", "login_needed"),
}


@spec("OAuth-FormPost-2")
@pytest.mark.parametrize("case", REFUSED)
def test_an_error_is_posted_and_nothing_is_written(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = REFUSED[case]
    capsys.readouterr()
    with unchanged():
        answer = here.answer(**{**FORM_POST, **changes})
    assert_refused(answer, here.app, error, mode="form_post")
    line = last_log(capsys)
    assert (line["outcome"], line["error"], line["reason"]) == ("refused", error, reason)


@spec("OAuth-FormPost-2")
@pytest.mark.parametrize("state", HOSTILE)
def test_a_hostile_state_goes_back_byte_for_byte_and_is_no_markup(here: Visit, state: str) -> None:
    for changes in ({}, {"scope": "fly"}):
        answer = here.answer(state=state, **FORM_POST, **changes)
        assert answered(answer, here.app, mode="form_post")["state"] == state
        usual = here.answer(**FORM_POST, **changes)
        assert tags(answer) == tags(usual)


def tags(answer: Answer) -> list[str]:
    """What markup there is, without the values."""
    return re.findall(r"<[a-z]+(?: [a-z]+(?==))*", re.sub(r'"[^"]*"', "", answer.body))


@spec("OAuth-FormPost-2")
@pytest.mark.parametrize("state", ["a\nb", "a\rb", "a\r\nb"])
def test_a_state_that_a_form_would_change_is_refused_without_it(
    here: Visit, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    with unchanged():
        answer = here.answer(state=state, **FORM_POST)
    assert_refused(answer, here.app, "invalid_request", state=None, mode="form_post")
    assert last_log(capsys)["reason"] == "state_malformed"
    assert here.answer(state=state).query["state"] == state


@spec("OAuth-FormPost-2")
def test_until_the_redirect_uri_holds_nothing_is_posted_anywhere(here: Visit) -> None:
    for changes in (
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "https://app.example.com/callback'><script>"},
        {"redirect_uri": ["https://app.example.com/callback", "https://evil.example/"]},
        {"client_id": "nobody"},
    ):
        answer = here.browser.open("/authorize", {**here.app.request(**FORM_POST), **changes})
        assert_page(answer)
        assert forms(answer.body) == []


@spec("OAuth-FormPost-2")
def test_a_registered_query_stays_in_the_address(caller: Caller, tenant: Tenant, here: Visit) -> None:
    uri = 'https://app.example.com/callback?a=b&c="d"&state=theirs'
    here.app = ClientApp(tenant.public_client(redirect_uris=(uri,)), caller)
    here.browser.open("/authorize", here.app.request(**FORM_POST))
    answer = here.browser.consent()
    assert answered(answer, here.app, mode="form_post")["state"] == "a state"
    assert f'action="{html.escape(uri).replace("&quot;", "&#34;")}"' in answer.body


@spec("OAuth-FormPost-2")
def test_an_app_with_a_scheme_of_its_own_can_be_sent_no_form(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    app = ClientApp(tenant.native_client(redirect_uris=("com.example.app:/callback",)), caller)
    with unchanged():
        answer = caller.get("/authorize", app.request(**FORM_POST))
    assert_refused(answer, app, "invalid_request")
    assert last_log(capsys)["reason"] == "response_mode_not_supported"


@spec("OAuth-FormPost-2")
@pytest.mark.parametrize("uri", ["http://127.0.0.1:3000/callback", "http://localhost/callback"])
def test_an_app_on_the_persons_device_can(caller: Caller, tenant: Tenant, uri: str) -> None:
    app = ClientApp(tenant.native_client(redirect_uris=(uri,)), caller)
    answer = caller.get("/authorize", app.request(prompt="none", **FORM_POST))
    assert_refused(answer, app, "login_required", mode="form_post")
    assert "Returning to the app" in answer.body


@spec("OAuth-FormPost-2")
def test_a_request_that_is_posted_here_is_answered_by_a_form_too(here: Visit) -> None:
    """Without its cookies it goes on as a GET, with the mode."""
    sent = here.app.caller.post("/authorize", here.app.request(**FORM_POST))
    target = urlsplit(sent.location)
    assert target.path == "/authorize"
    answer = here.browser.open("/authorize", dict(parse_qsl(target.query)))
    assert "code" in answered(answer, here.app, mode="form_post")


@spec("OAuth-FormPost-2")
def test_the_answer_is_given_once(caller: Caller, tenant: Tenant, here: Visit) -> None:
    here.app = ClientApp(tenant.public_client(), caller)
    here.browser.open("/authorize", here.app.request(**FORM_POST))
    answered(here.browser.consent(), here.app, mode="form_post")
    again = here.browser.open(here.browser.url)
    assert_page(again)
    assert forms(again.body) == []
