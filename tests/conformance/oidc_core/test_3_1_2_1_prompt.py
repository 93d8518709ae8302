"""OpenID Connect Core section 3.1.2.1, prompt: what the person must, may and must not be asked."""

from urllib.parse import urlsplit

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


@spec("OIDC-Core-3.1.2.1")
def test_prompt_none_without_a_session_is_login_required(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser, capsys: Log
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    with nothing_written(stack):
        answer = browser.open("/authorize", app.request(prompt="none"))
    assert_refused(answer, app, "login_required")
    assert last_log(capsys)["reason"] == "login_needed"


@spec("OIDC-Core-3.1.2.1")
def test_prompt_none_without_consent_is_consent_required(
    stack: LocalStack, known: Visit, tenant: Tenant, capsys: Log
) -> None:
    app = ClientApp(tenant.public_client(), known.app.caller)
    with nothing_written(stack):
        answer = known.browser.open("/authorize", app.request(prompt="none"))
    assert_refused(answer, app, "consent_required")
    assert last_log(capsys)["reason"] == "consent_needed"


@spec("OIDC-Core-3.1.2.1")
def test_prompt_none_with_session_and_consent_is_a_code_without_a_page(known: Visit) -> None:
    tokens = known.app.redeem(known.code(prompt="none")).json
    assert unverified(tokens["id_token"])[1]["sub"] == known.person.sub


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    "prompt", ["none login", "none consent", "none select_account", "login none", "none unknown"]
)
def test_prompt_none_goes_with_no_other_value(
    stack: LocalStack, known: Visit, capsys: Log, prompt: str
) -> None:
    with nothing_written(stack):
        answer = known.answer(prompt=prompt)
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys)["reason"] == "prompt_malformed"


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    ("prompt", "pages"),
    [
        ("login", ["/login"]),
        ("consent", ["/consent"]),
        ("login consent", ["/login", "/consent"]),
        ("consent login", ["/login", "/consent"]),
        ("select_account", ["/login"]),
        ("select_account consent", ["/login", "/consent"]),
        ("login select_account", ["/login"]),
        ("login login", ["/login"]),
        ("unknown", []),
        ("unknown consent", ["/consent"]),
        (" ", []),
    ],
)
def test_each_prompt_value_asks_once_and_in_order(
    caller: Caller, tenant: Tenant, browser: Browser, prompt: str, pages: list[str]
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request())
    answer, shown = browser.open("/authorize", app.request(prompt=prompt)), []
    while answer.status == 200:
        shown.append(urlsplit(browser.url).path)
        answer = browser.sign_in(person) if browser.at("/login") else browser.consent()
    assert shown == pages
    assert app.redeem(answer.query["code"]).status == 200


@spec("OIDC-Core-3.1.2.3")
def test_prompt_login_can_be_got_around_by_no_other_page(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request())
    page = browser.open("/authorize", app.request(prompt="login"))
    fields = forms(page.body)[0].fields
    interaction = fields["interaction"]
    assert "continue" not in [value for form in forms(page.body) for _, value in form.buttons]
    with nothing_written(stack):
        refused = browser.submit("/login", {**fields, "action": "continue"})
        assert (refused.status, browser.at("/login")) == (400, False)
        for path in ("/authorize/resume", "/consent"):
            browser.open(path, {"interaction": interaction})
            assert browser.at("/login")
        browser.submit("/consent", {"interaction": interaction, "csrf": fields["csrf"], "decision": "allow"})
        assert browser.at("/login")
    assert "code" in browser.sign_in(person).query


@spec("OIDC-Core-3.1.2.4")
def test_prompt_consent_can_not_be_skipped(
    caller: Caller, tenant: Tenant, browser: Browser, stack: LocalStack
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request())
    page = browser.open("/authorize", app.request(prompt="consent"))
    interaction = forms(page.body)[0].fields["interaction"]
    with nothing_written(stack):
        browser.open("/authorize/resume", {"interaction": interaction})
        assert browser.at("/consent")
    # Nor does a consent that was given in another interaction meanwhile count for this one.
    other = Browser(caller, browser.cookies)
    other.open("/authorize", app.request(prompt="consent"))
    assert "code" in other.consent().query
    browser.open("/authorize/resume", {"interaction": interaction})
    assert browser.at("/consent")
    assert "code" in browser.consent().query


@spec("OIDC-Core-3.1.2.1")
def test_signing_in_elsewhere_does_not_answer_a_prompt_login(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request())
    page = browser.open("/authorize", app.request(prompt="login"))
    interaction = forms(page.body)[0].fields["interaction"]
    other = Browser(caller, browser.cookies)
    other.open("/authorize", app.request(prompt="login"))
    assert "code" in other.sign_in(person).query
    browser.open("/authorize/resume", {"interaction": interaction})
    assert browser.at("/login")


@spec("OIDC-Core-3.1.2.1")
def test_prompt_select_account_lets_the_person_go_on_without_a_password(known: Visit) -> None:
    known.answer(prompt="select_account")
    assert known.browser.at("/login")
    before = dict(known.browser.cookies)
    answer = known.browser.fill(("action", "continue"))
    assert "code" in answer.query
    assert known.browser.cookies == before


@spec("OIDC-Core-3.1.2.1")
def test_prompt_select_account_lets_another_person_in(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person, other = ClientApp(tenant.public_client(), caller), tenant.person(), tenant.person()
    browser.authorize(person, app.request())
    browser.open("/authorize", app.request(prompt="select_account"))
    browser.sign_in(other)
    assert browser.at("/consent")
    tokens = app.redeem(browser.consent().query["code"]).json
    assert unverified(tokens["id_token"])[1]["sub"] == other.sub
