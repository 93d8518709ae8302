"""Signing out while the function that tells clients can't be had: nothing ends that nobody is told of."""

from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.faults import FaultyService, Kind
from tests.support.home import COOKIE, Home
from tests.support.http import Caller
from tests.support.refusal import assert_page
from tests.support.tenant import Tenant


@pytest.fixture
def functions(stack: LocalStack) -> Iterator[FaultyService]:
    """Lambda, as the functions see it."""
    stack.later.forget()
    with (
        FaultyService(stack.lambda_endpoint) as functions,
        changed_environment(AWS_ENDPOINT_URL_LAMBDA=functions.endpoint),
    ):
        yield functions
    stack.later.forget()


@pytest.fixture
def home(functions: FaultyService, caller: Caller, tenant: Tenant, browser: Browser) -> Home:
    del functions
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    tokens = app.tokens(browser, person)
    return Home(app, browser, person, tenant, tokens, browser.cookies[COOKIE])


@pytest.mark.parametrize("kind", ["unavailable", "cut", "silent"])
def test_who_can_not_have_clients_told_is_still_signed_in_and_can_try_again(
    functions: FaultyService, home: Home, stack: LocalStack, kind: Kind
) -> None:
    with functions.failing(kind):
        assert_page(home.sign_out(id_token_hint=home.hint), status=503)
    assert home.is_signed_in()
    assert stack.later.waiting() == []
    assert "You are signed out" in home.sign_out(id_token_hint=home.hint).body
    assert not home.is_signed_in()
    assert len(stack.later.waiting()) == 1


@pytest.mark.parametrize("kind", ["lost", "torn", "late"])
def test_where_the_answer_is_lost_clients_are_told_at_least_once(
    functions: FaultyService, home: Home, stack: LocalStack, kind: Kind
) -> None:
    with functions.failing(kind, times=1):
        assert "You are signed out" in home.sign_out(id_token_hint=home.hint).body
    told = [due.event["sessions"] for due in stack.later.waiting()]
    assert 1 <= len(told) <= 2
    assert all(one == told[0] for one in told)


def test_somebody_else_is_not_signed_in_while_nobody_can_be_told_that_the_session_before_ended(
    functions: FaultyService, home: Home
) -> None:
    other = home.tenant.person()
    home.browser.open("/authorize", home.app.request(prompt="login"))
    with functions.failing("unavailable"):
        assert_page(home.browser.sign_in(other), status=503)
    assert home.is_signed_in()
    home.browser.open("/authorize", home.app.request(prompt="login"))
    home.browser.sign_in(other)
    assert not home.is_signed_in()
