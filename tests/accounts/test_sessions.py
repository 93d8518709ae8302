"""A session: renewed at every sign-in, ended by idleness and by age, its secret never kept."""

import hashlib
import time
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec

COOKIE = "keyturn_session"


def is_signed_in(caller: Caller, app: ClientApp, cookie: str) -> bool:
    """Whether a browser with nothing but this cookie gets a code without a page."""
    answer = Browser(caller, {COOKIE: cookie}).open("/authorize", app.request(prompt="none"))
    return "code" in answer.query


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.rpartition(".")[2].encode()).hexdigest()


def session_of(tenant: Tenant, cookie: str) -> dict[str, Any]:
    item = tenant.table("Sessions").at(session_hash=hash_of(cookie))
    assert item is not None
    return item


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()


@pytest.fixture
def cookie(browser: Browser, app: ClientApp, person: Person) -> str:
    """The cookie of a person who has just signed in and consented."""
    browser.authorize(person, app.request())
    return browser.cookies[COOKIE]


@spec("RFC9700-4")
def test_signing_in_again_makes_a_new_session_and_ends_the_old(
    caller: Caller, app: ClientApp, browser: Browser, person: Person, cookie: str, *, tenant: Tenant
) -> None:
    assert is_signed_in(caller, app, cookie)
    browser.open("/authorize", app.request(prompt="login"))
    browser.sign_in(person)
    assert browser.cookies[COOKIE] != cookie
    assert is_signed_in(caller, app, browser.cookies[COOKIE])
    assert not is_signed_in(caller, app, cookie)
    assert tenant.table("Sessions").at(session_hash=hash_of(cookie)) is None


def test_a_planted_session_is_never_taken_over(
    caller: Caller, app: ClientApp, browser: Browser, tenant: Tenant, person: Person
) -> None:
    attacker = Browser(caller)
    attacker.authorize(tenant.person(), app.request())
    live, invented = attacker.cookies[COOKIE], f"{person.sub}.{'A' * 43}"
    for planted in (live, invented):
        browser.cookies[COOKIE] = planted
        browser.open("/authorize", app.request(prompt="login"))
        browser.sign_in(person)
        if browser.at("/consent"):
            browser.consent()
        assert browser.cookies[COOKIE] != planted
        assert is_signed_in(caller, app, browser.cookies[COOKIE])
        assert not is_signed_in(caller, app, planted)


def test_no_code_before_the_password_whatever_the_interaction(
    caller: Caller, app: ClientApp, browser: Browser
) -> None:
    page = browser.open("/authorize", app.request())
    interaction = page.body.partition('name="interaction" value="')[2].partition('"')[0]
    browser.open("/authorize/resume", {"interaction": interaction})
    assert browser.at("/login")
    stranger = Browser(caller, {})
    assert stranger.open("/authorize/resume", {"interaction": interaction}).status == 400


@pytest.mark.parametrize("member", ["exp", "idle_exp"])
def test_a_session_ends_by_age_and_by_idleness(
    caller: Caller, app: ClientApp, tenant: Tenant, cookie: str, member: str
) -> None:
    now = int(time.time())
    session = session_of(tenant, cookie)
    tenant.table("Sessions").change(session, **{member: now + 60})
    assert is_signed_in(caller, app, cookie)
    tenant.table("Sessions").change(session, **{member: now})
    assert not is_signed_in(caller, app, cookie)


def test_a_session_in_use_stays_but_grows_no_older_than_it_may(
    caller: Caller, app: ClientApp, tenant: Tenant, cookie: str
) -> None:
    session = session_of(tenant, cookie)
    assert session["exp"] - session["auth_time"] == 24 * 3_600
    assert session["idle_exp"] - session["auth_time"] == 8 * 3_600
    sessions = tenant.table("Sessions")
    # Seen a moment ago: nothing is written. Seen two hours ago: idle for eight more from now.
    assert is_signed_in(caller, app, cookie)
    assert session_of(tenant, cookie) == session
    sessions.change(session, idle_exp=session["idle_exp"] - 7_200)
    assert is_signed_in(caller, app, cookie)
    touched = session_of(tenant, cookie)
    assert touched["idle_exp"] >= session["idle_exp"]
    assert touched == {**session, "idle_exp": touched["idle_exp"]}


def test_only_a_hash_of_the_secret_is_kept(tenant: Tenant, cookie: str) -> None:
    session = session_of(tenant, cookie)
    assert cookie.rpartition(".")[2] not in repr(session)
    assert session["session_hash"] == hash_of(cookie)


def test_the_key_of_a_session_is_no_cookie(
    caller: Caller, app: ClientApp, person: Person, cookie: str
) -> None:
    """Who reads the table can not sign in with what they find."""
    for stolen in (hash_of(cookie), hash_of(cookie)[:43]):
        assert not is_signed_in(caller, app, f"{person.sub}.{stolen}")


def test_a_cookie_under_another_persons_name_is_nobodys(
    caller: Caller, app: ClientApp, tenant: Tenant, cookie: str
) -> None:
    """`sub` in the cookie says only where to look: with another's, another's consent would be read."""
    other = Browser(caller)
    victim = tenant.person()
    other.authorize(victim, app.request())
    secret = cookie.rpartition(".")[2]
    assert not is_signed_in(caller, app, f"{victim.sub}.{secret}")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _cookie: "",
        lambda cookie: cookie.rpartition(".")[2],
        lambda cookie: cookie[:-1],
        lambda cookie: cookie + "A",
        lambda cookie: cookie.swapcase(),
        lambda cookie: "." + cookie,
        lambda cookie: cookie.replace(".", "#"),
        lambda cookie: "a" * 300 + cookie,
        lambda cookie: "../" + cookie,
    ],
    ids=["empty", "no sub", "cut", "longer", "swapped", "dots", "no dot", "long", "path"],
)
def test_a_spoiled_cookie_is_no_session_and_no_fault(
    caller: Caller, app: ClientApp, cookie: str, spoil: Any
) -> None:
    assert not is_signed_in(caller, app, spoil(cookie))


def test_the_same_person_keeps_the_sid_another_gets_another(
    app: ClientApp, browser: Browser, tenant: Tenant, person: Person
) -> None:
    def sid(who: Person) -> str:
        answer = browser.open("/authorize", app.request(prompt="login"))
        answer = browser.sign_in(who)
        if browser.at("/consent"):
            answer = browser.consent()
        return str(unverified(app.redeem(answer.query["code"]).json["id_token"])[1]["sid"])

    first = sid(person)
    assert sid(person) == first
    assert sid(tenant.person()) != first
