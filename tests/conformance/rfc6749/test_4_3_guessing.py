"""RFC 6749 section 4.3.2: guessing at the token endpoint is slowed down, and learns nothing."""

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.guessing import FREE, WRONG, strangers_count
from tests.support.http import Caller, HttpTransport, LambdaTransport
from tests.support.migration import by_password, password_client
from tests.support.networks import new_address
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import PASSWORD, Person, Tenant
from tests.support.traceability import spec


@pytest.fixture
def source_ip(request: pytest.FixtureRequest) -> str:
    return new_address(over_http=request.config.getoption("--transport") == "http")


@pytest.fixture
def caller(stack: LocalStack, request: pytest.FixtureRequest, source_ip: str) -> Caller:
    """From a network of its own."""
    over_http = request.config.getoption("--transport") == "http"
    return Caller(HttpTransport(stack.issuer, source_ip) if over_http else LambdaTransport(stack, source_ip))


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()


@pytest.fixture
def app(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(password_client(tenant), caller)


@spec("RFC6749-4.3.2")
def test_why_it_is_nobody_is_not_told(
    app: ClientApp, tenant: Tenant, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    disabled = tenant.person()
    tenant.disable(disabled)
    answers = {
        "password_wrong": by_password(app, person, password=WRONG),
        "login_unknown": by_password(app, person, username="nobody@example.com"),
        "account_disabled": by_password(app, disabled),
    }
    for _ in range(FREE):
        answers["login_throttled"] = by_password(app, person, password=WRONG)
    answers["login_throttled"] = by_password(app, person)
    for answer in answers.values():
        assert_json_error(answer, "invalid_grant")
        assert answer.body == answers["login_unknown"].body
        assert set(answer.headers) == set(answers["login_unknown"].headers)
    if isinstance(app.caller.transport, LambdaTransport):
        told = last_log(capsys, PASSWORD, WRONG, person.login)
        assert told["reason"] == "login_throttled"


@spec("RFC6749-4.3.2")
def test_guesses_here_and_at_the_login_page_are_counted_together(
    app: ClientApp, tenant: Tenant, person: Person, browser: Browser
) -> None:
    browser.open("/authorize", ClientApp(tenant.public_client(), app.caller).request())
    for _ in range(FREE):
        assert_json_error(by_password(app, person, password=WRONG), "invalid_grant")
    assert browser.sign_in(person).status == 429
    assert_json_error(by_password(app, person), "invalid_grant")


@spec("RFC6749-4.3.2")
def test_a_right_password_clears_the_count(app: ClientApp, person: Person) -> None:
    for _ in range(2):
        for _ in range(FREE - 1):
            assert_json_error(by_password(app, person, password=WRONG), "invalid_grant")
        assert by_password(app, person).status == 200


@spec("RFC6749-4.3.2")
def test_of_many_guesses_at_once_few_are_verified(
    app: ClientApp, tenant: Tenant, person: Person, source_ip: str
) -> None:
    answers = at_once(lambda: by_password(app, person, password=WRONG), 4 * FREE)
    assert {(answer.status, answer.error) for answer in answers} == {(400, "invalid_grant")}
    counted = strangers_count(tenant, person, source_ip)
    assert counted is not None
    # Those that are free, and who came so late on a slow machine that a wait was over.
    assert FREE <= counted["attempts"] < 2 * FREE


@spec("RFC6749-4.3.3")
def test_many_at_once_with_the_right_password_are_a_grant_each(app: ClientApp, person: Person) -> None:
    answers = at_once(lambda: by_password(app, person), FREE)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["refresh_token"].partition(".")[0] for answer in answers}) == FREE
