"""OpenID Connect Core section 3.1.2.1, login_hint and id_token_hint: whom the client expects."""

import html
import time

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.forged_tokens import FORGED
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


def id_token(known: Visit) -> str:
    token: str = known.app.redeem(known.code()).json["id_token"]
    return token


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("hint", ["ada@example.com", '"><script>alert(1)</script>', "ада", "a" * 254])
def test_login_hint_is_filled_in_and_nothing_more(
    caller: Caller, tenant: Tenant, browser: Browser, hint: str
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    page = browser.open("/authorize", app.request(login_hint=hint))
    (form,) = [form for form in forms(page.body) if "password" in form.fields]
    assert form.fields["login"] == hint
    assert form.fields["password"] == ""
    assert hint in html.unescape(page.body)
    assert "<script" not in page.body


@spec("OIDC-Core-3.1.2.1")
def test_login_hint_signs_nobody_out(known: Visit) -> None:
    assert "code" in known.answer(login_hint="somebody-else@example.com").query


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("prompt", ["none", None])
def test_a_hint_of_the_person_who_is_signed_in_is_a_code(known: Visit, prompt: str | None) -> None:
    assert "code" in known.answer(id_token_hint=id_token(known), prompt=prompt).query


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256"])
def test_a_hint_may_have_expired_whatever_its_algorithm(caller: Caller, tenant: Tenant, alg: str) -> None:
    known = visit(caller, tenant, tenant.public_client(id_token_signed_response_alg=alg))
    hour_ago = int(time.time()) - 3_600
    hint = forgery.resign_as_server(caller, id_token(known), iat=hour_ago - 600, exp=hour_ago)
    assert "code" in known.answer(id_token_hint=hint, prompt="none").query


@spec("OIDC-Core-3.1.2.1")
def test_a_hint_of_another_person_is_login_required_with_prompt_none(
    stack: LocalStack, known: Visit, tenant: Tenant, capsys: Log
) -> None:
    hint = forgery.resign_as_server(known.app.caller, id_token(known), sub=tenant.person().sub)
    with nothing_written(stack):
        answer = known.answer(id_token_hint=hint, prompt="none")
    assert_refused(answer, known.app, "login_required")
    assert last_log(capsys, hint)["reason"] == "hint_of_another_person"


@spec("OIDC-Core-3.1.2.1")
def test_a_hint_of_another_person_asks_that_person_to_sign_in(
    caller: Caller, tenant: Tenant, browser: Browser, capsys: Log
) -> None:
    app, person, other = ClientApp(tenant.public_client(), caller), tenant.person(), tenant.person()
    tokens = app.tokens(browser, person)
    hint = tokens["id_token"]
    # Whoever is signed in: the page does not offer to go on as them.
    for stranger in (Browser(caller), browser):
        if stranger is browser:
            stranger.cookies.clear()
            stranger.authorize(other, app.request())
        page = stranger.open("/authorize", app.request(id_token_hint=hint))
        assert stranger.at("/login")
        assert 'value="continue"' not in page.body
    # The wrong person signs in all the same: the client is told, and gets no code.
    answer = browser.sign_in(other)
    assert (answer.query["error"], "code" in answer.query) == ("login_required", False)
    assert last_log(capsys)["reason"] == "hint_of_another_person"
    browser.open("/authorize", app.request(id_token_hint=hint))
    assert "code" in browser.sign_in(person).query


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_hint_this_server_never_made_is_refused(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log, *, alg: str, forged: str
) -> None:
    known = visit(caller, tenant, tenant.public_client(id_token_signed_response_alg=alg))
    hint = FORGED[forged](caller, id_token(known))
    with nothing_written(stack):
        answer = known.answer(id_token_hint=hint)
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys, hint)["reason"] == "hint_invalid"


@spec("OIDC-Core-3.1.2.1")
def test_a_hint_of_another_client_or_kind_is_refused(
    stack: LocalStack, caller: Caller, tenant: Tenant, known: Visit, capsys: Log
) -> None:
    tokens = known.app.redeem(known.code()).json
    hints = {
        "another client's": id_token(visit(caller, tenant, tenant.public_client())),
        "an access token": tokens["access_token"],
        "a refresh token": tokens["refresh_token"],
        "several audiences": forgery.resign_as_server(
            caller, tokens["id_token"], aud=[known.app.client.client_id, "another"]
        ),
        "without an audience": forgery.resign_as_server(caller, tokens["id_token"], aud=None),
        "without a subject": forgery.resign_as_server(caller, tokens["id_token"], sub=None),
        "a logout token's type": forgery.sign_as_server(
            caller, {"sub": known.person.sub, "aud": known.app.client.client_id}, typ="logout+jwt"
        ),
    }
    for kind, hint in hints.items():
        with nothing_written(stack):
            answer = known.answer(id_token_hint=hint)
        assert_refused(answer, known.app, "invalid_request")
        assert last_log(capsys, hint)["reason"] == "hint_invalid", kind
