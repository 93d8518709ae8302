"""Consent: asked for what is new, remembered per person, client, scope and resource, and the person's own."""

import time
from collections.abc import Callable

import pytest

from chalicelib.accounts.session import hash_session_secret
from chalicelib.record import replace
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import API, OTHER_API, Person, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()


@pytest.fixture
def at_consent(browser: Browser, app: ClientApp, person: Person) -> Browser:
    """A person who has just signed in, and is asked for the first time."""
    browser.open("/authorize", app.request(scope="openid profile read"))
    browser.sign_in(person)
    assert browser.at("/consent")
    return browser


@pytest.fixture
def consented(at_consent: Browser) -> Browser:
    """The same person after allowing openid, profile and read at the default API."""
    assert "code" in at_consent.consent().query
    return at_consent


def consent_of(tenant: Tenant, person: Person, app: ClientApp) -> dict[str, object] | None:
    return tenant.table("Users").at(id=f"consent#{person.sub}#{app.client.client_id}")


@spec("OIDC-Core-3.1.2.4")
def test_the_page_says_who_asks_where_it_returns_and_what_it_gets(at_consent: Browser) -> None:
    assert at_consent.page is not None
    for text in (
        "Example App",
        "app.example.com",
        "Ada Lovelace",
        "See your name and basic profile",
        "Read your things",
        "api.example.com",
    ):
        assert text in at_consent.page.body
    assert "See your email address" not in at_consent.page.body
    assert "Change your things" not in at_consent.page.body


@spec("OIDC-Core-3.1.2.4")
@pytest.mark.parametrize(
    ("scope", "resource", "asked"),
    [
        ("openid profile read", None, False),
        ("openid", None, False),
        ("read openid", None, False),
        ("openid profile read", API, False),
        ("openid profile read email", None, True),
        ("openid write", None, True),
        ("openid offline_access", None, True),
        ("openid other:read", OTHER_API, True),
        ("openid", OTHER_API, True),
        ("openid read", [API, OTHER_API], True),
    ],
)
def test_only_what_is_new_asks_again(
    consented: Browser, app: ClientApp, tenant: Tenant, *, scope: str, resource: str | None, asked: bool
) -> None:
    tenant.resource_server(OTHER_API)
    request = app.request(scope=scope, resource=resource)
    silent = consented.open("/authorize", {**request, "prompt": "none"})
    assert silent.query.get("error") == ("consent_required" if asked else None)
    consented.open("/authorize", request)
    assert consented.at("/consent") is asked
    if asked:
        assert "code" in consented.consent().query
    # Now all of it is remembered, what was allowed before too.
    for again in (request, app.request(scope="openid profile read")):
        assert "code" in consented.open("/authorize", again).query


def test_consent_is_each_clients_and_each_persons_own(
    consented: Browser, app: ClientApp, tenant: Tenant, caller: Caller
) -> None:
    other_app = ClientApp(tenant.public_client(), caller)
    consented.open("/authorize", other_app.request(scope="openid profile read"))
    assert consented.at("/consent")
    other = Browser(caller)
    other.open("/authorize", app.request(scope="openid profile read"))
    other.sign_in(tenant.person())
    assert other.at("/consent")


def test_another_client_of_the_same_client_id_was_allowed_nothing(
    consented: Browser, app: ClientApp, tenant: Tenant, person: Person
) -> None:
    users, now = tenant.table("Users"), int(time.time())
    users.change(users.find(id=f"consent#{person.sub}#{app.client.client_id}"), given_at=now - 100)
    tenant.put_client(replace(app.client, client_id_issued_at=now - 50))
    request = app.request(scope="openid profile read")
    with changed_environment():
        consented.open("/authorize", app.request(scope="openid"))
        assert consented.at("/consent")
        assert "code" in consented.consent().query
        # What the one before was allowed is not added to what this one is.
        consented.open("/authorize", request)
        assert "code" in consented.consent().query
        assert "code" in consented.open("/authorize", request).query


@spec("OIDC-Core-3.1.2.6")
def test_refusing_is_access_denied_and_is_not_remembered(
    stack: LocalStack, at_consent: Browser, app: ClientApp, capsys: Log
) -> None:
    with nothing_written(stack):
        answer = at_consent.consent("deny")
    assert_refused(answer, app, "access_denied")
    assert last_log(capsys)["reason"] == "consent_refused"
    at_consent.open("/authorize", app.request(scope="openid profile read"))
    assert at_consent.at("/consent")


def test_refusing_more_leaves_what_was_allowed(consented: Browser, app: ClientApp) -> None:
    consented.open("/authorize", app.request(scope="openid write"))
    assert consented.consent("deny").query["error"] == "access_denied"
    assert "code" in consented.open("/authorize", app.request(scope="openid profile read")).query


@pytest.mark.parametrize("decision", ["", "yes", "ALLOW"])
def test_what_is_neither_yes_nor_no_is_no_consent(
    stack: LocalStack, at_consent: Browser, decision: str
) -> None:
    assert at_consent.page is not None
    fields = forms(at_consent.page.body)[-1].fields
    with nothing_written(stack):
        answer = at_consent.submit("/consent", {**fields, "decision": decision})
    assert (answer.status, "location" in answer.headers) == (400, False)


def sign_in_elsewhere(browser: Browser, app: ClientApp, other: Person) -> None:
    """In another tab of the same browser, another person signs in."""
    tab = Browser(browser.caller, browser.cookies)
    tab.open("/authorize", app.request(prompt="login"))
    tab.sign_in(other)


def sign_out(browser: Browser, app: ClientApp, other: Person) -> None:
    del app, other
    browser.cookies.pop("keyturn_session")


def session_ended(browser: Browser, app: ClientApp, other: Person) -> None:
    del app, other
    key = hash_session_secret(browser.cookies["keyturn_session"].rpartition(".")[2])
    sessions = Tenant().table("Sessions")
    item = sessions.at(session_hash=key)
    assert item is not None
    sessions.change(item, idle_exp=0)


@spec("OIDC-Core-3.1.2.4")
def test_a_person_does_not_consent_by_the_page_another_saw(
    stack: LocalStack, at_consent: Browser, app: ClientApp, tenant: Tenant, person: Person, *, capsys: Log
) -> None:
    assert at_consent.page is not None
    fields, other = forms(at_consent.page.body)[-1].fields, tenant.person()
    sign_in_elsewhere(at_consent, app, other)
    with nothing_written(stack):
        answer = at_consent.submit("/consent", {**fields, "decision": "allow"})
    assert answer.status == 400
    assert last_log(capsys)["reason"] == "csrf"
    assert consent_of(tenant, person, app) is None
    assert consent_of(tenant, other, app) is None


@pytest.mark.parametrize("ending", [sign_out, session_ended])
def test_who_is_signed_in_no_more_consents_to_nothing(
    stack: LocalStack, at_consent: Browser, app: ClientApp, person: Person, *, ending: Callable[..., None]
) -> None:
    assert at_consent.page is not None
    fields = forms(at_consent.page.body)[-1].fields
    ending(at_consent, app, person)
    with nothing_written(stack):
        at_consent.submit("/consent", {**fields, "decision": "allow"})
    assert at_consent.at("/login")
    at_consent.sign_in(person)
    assert at_consent.at("/consent")


def test_another_account_can_be_chosen_from_the_page(
    at_consent: Browser, app: ClientApp, tenant: Tenant, person: Person
) -> None:
    assert at_consent.page is not None
    url = at_consent.page.body.partition('<a href="')[2].partition('"')[0]
    at_consent.open(url)
    other = tenant.person(name="Grace Hopper")
    page = at_consent.sign_in(other)
    assert "Grace Hopper" in page.body
    at_consent.consent()
    assert consent_of(tenant, other, app) is not None
    assert consent_of(tenant, person, app) is None


def framed(answer: Answer) -> None:
    policy = answer.headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


@spec("RFC6749-10.13")
def test_no_page_can_be_framed_kept_or_read_by_another_site(
    at_consent: Browser, app: ClientApp, caller: Caller
) -> None:
    assert at_consent.page is not None
    framed(at_consent.page)
    origin = {"origin": "https://evil.example"}
    for path in ("/login", "/consent", "/authorize/resume", "/authorize", "/authorize?client_id=unknown"):
        answer = caller.send("GET", path, headers=origin)
        assert answer.status == 400
        framed(answer)
    framed(Browser(caller).open("/authorize", app.request()))
    at_consent.consent()
    framed(at_consent.open("/authorize", app.request(prompt="select_account")))
    assert at_consent.at("/login")
    framed(at_consent.open("/end_session"))
    assert at_consent.at("/end_session")
    framed(caller.get("/end_session"))
    preflight = caller.send("OPTIONS", "/authorize", headers=origin)
    assert (preflight.status, "access-control-allow-origin" in preflight.headers) == (405, False)
