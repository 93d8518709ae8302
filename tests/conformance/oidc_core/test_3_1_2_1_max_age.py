"""OpenID Connect Core section 3.1.2.1, max_age: how long ago the person may have signed in."""

import time
from typing import Any

import pytest

from chalicelib.accounts.session import Session
from chalicelib.protocol.authorization_request import AuthorizationRequest
from chalicelib.protocol.authorization_step import needs_login
from chalicelib.protocol.client import Client
from chalicelib.protocol.redirect_uri import RedirectTarget
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

HOUR = 3_600
INTERACTION = "the interaction under way"


def signed_in_ago(tenant: Tenant, person: Person, seconds: int) -> int:
    """Makes the person's sign-in older; when it was."""
    sessions = tenant.table("Sessions")
    auth_time = int(time.time()) - seconds
    sessions.change(sessions.find(sub=person.sub), auth_time=auth_time)
    return auth_time


def id_token_claims(app: ClientApp, code: str) -> dict[str, Any]:
    return unverified(app.redeem(code).json["id_token"])[1]


@spec("OIDC-Core-3.1.2.1")
def test_an_older_sign_in_must_be_renewed_and_a_younger_one_counts(
    caller: Caller, tenant: Tenant, browser: Browser, stack: LocalStack
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request())
    auth_time = signed_in_ago(tenant, person, HOUR)
    answer = browser.open("/authorize", app.request(max_age=str(HOUR + 600)))
    assert id_token_claims(app, answer.query["code"])["auth_time"] == auth_time

    with nothing_written(stack):
        silent = browser.open("/authorize", app.request(max_age=str(HOUR - 600), prompt="none"))
    assert_refused(silent, app, "login_required")

    page = browser.open("/authorize", app.request(max_age=str(HOUR - 600)))
    assert browser.at("/login")
    assert 'value="continue"' not in page.body
    renewed = id_token_claims(app, browser.sign_in(person).query["code"])
    assert renewed["auth_time"] > auth_time


@spec("OIDC-Core-3.1.2.1")
def test_max_age_0_is_asked_of_somebody_who_signed_in_this_second(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request())
    signed_in_ago(tenant, person, 0)
    silent = browser.open("/authorize", app.request(max_age="0", prompt="none"))
    assert_refused(silent, app, "login_required")
    browser.open("/authorize", app.request(max_age="0"))
    assert browser.at("/login")
    assert "auth_time" in id_token_claims(app, browser.sign_in(person).query["code"])


@spec("OIDC-Core-3.1.2.1")
def test_max_age_holds_at_every_step_until_the_code(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request(scope="openid"))
    # Young enough when asked, too old when the consent is given: the person signs in after all.
    browser.open("/authorize", app.request(max_age="600"))
    assert browser.at("/consent")
    signed_in_ago(tenant, person, 700)
    browser.consent()
    assert browser.at("/login")
    browser.sign_in(person)
    assert browser.at("/consent")
    assert "code" in browser.consent().query


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    "max_age", ["-1", "1.5", "an hour", "+5", " 5", "5 ", "0x10", "1e3", "٣", "1_000", "9" * 11, "9" * 2_000]
)
def test_a_max_age_that_is_no_number_of_seconds_is_refused(
    stack: LocalStack, known: Visit, capsys: pytest.CaptureFixture[str], max_age: str
) -> None:
    with nothing_written(stack):
        answer = known.answer(max_age=max_age)
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys)["reason"] == "max_age_malformed"


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("max_age", ["", "86400", "0086400", "9999999999"])
def test_a_long_max_age_asks_for_nothing(known: Visit, max_age: str) -> None:
    assert "code" in known.answer(max_age=max_age).query


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    ("max_age", "age", "asked"),
    [
        (100, 99, False),
        (100, 100, False),
        (100, 101, True),
        (1, 1, False),
        (1, 2, True),
        (0, 0, True),
        (0, 1, True),
        (None, 10**9, False),
    ],
)
def test_the_boundary_is_exact(*, max_age: int | None, age: int, asked: bool) -> None:
    now = 1_800_000_000
    request, session = request_of(max_age=max_age), session_of(auth_time=now - age)
    assert needs_login(request, session, interaction=None, now=now) is asked
    # Who signed in for this very request did what it asks, whatever the clock says by then.
    assert not needs_login(request, session, interaction=INTERACTION, now=now)
    assert needs_login(request, session, interaction="another", now=now) is asked


def request_of(*, max_age: int | None) -> AuthorizationRequest:
    client = Client(client_id="client", client_name="Client", token_endpoint_auth_method="none")
    return AuthorizationRequest(
        client=client,
        response_type=frozenset({"code"}),
        target=RedirectTarget("https://app.example.com/callback", None, "https://login.example.com"),
        redirect_uri="https://app.example.com/callback",
        scope=("openid",),
        servers=(),
        code_challenge=None,
        nonce=None,
        prompt=frozenset(),
        max_age=max_age,
        login_hint="",
        id_token_hint=None,
    )


def session_of(*, auth_time: int) -> Session:
    return Session(
        session_hash="hash",
        sub="person",
        sid="sid",
        auth_time=auth_time,
        amr=("pwd",),
        exp=2_000_000_000,
        idle_exp=2_000_000_000,
        login_interaction=INTERACTION,
    )
