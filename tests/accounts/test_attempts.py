"""Guessing a password is slowed down, and nobody can lock another person out."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.accounts.attempts import attempt_keys
from chalicelib.accounts.password import normalize_login
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, LambdaTransport
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec

FREE = 5
WRONG = "a wrong password"


def guess(browser: Browser, person: Person, times: int = 1) -> list[Answer]:
    return [browser.sign_in(person, password=WRONG) for _ in range(times)]


def statuses(answers: list[Answer]) -> list[int]:
    return [answer.status for answer in answers]


def strangers_count(tenant: Tenant, person: Person, source_ip: str) -> dict[str, Any] | None:
    """What is counted against the account from browsers it does not know, in the tests' network."""
    _, account, _ = attempt_keys(normalize_login(person.login), known_browser=None, source_ip=source_ip)
    return tenant.table("Requests").at(id=account.key)


def network_key(source_ip: str) -> str:
    return attempt_keys("anybody", known_browser=None, source_ip=source_ip)[0].key


def spend_free_attempts(browser: Browser, tenant: Tenant, person: Person, source_ip: str) -> None:
    """As if five wrong passwords had been typed; one is, the others are only counted."""
    assert statuses(guess(browser, person)) == [400]
    item, now = strangers_count(tenant, person, source_ip), int(time.time())
    assert item is not None
    delay = item["delay"] * FREE
    tenant.table("Requests").change(item, attempts=FREE, delay=delay, next_at=now + delay)


def wait_until_next(tenant: Tenant, person: Person, source_ip: str, ago: int = 1) -> None:
    """As if the wait was over."""
    item = strangers_count(tenant, person, source_ip)
    assert item is not None
    tenant.table("Requests").change(item, next_at=int(time.time()) - ago)


@spec("RFC9700-2.5")
def test_after_five_guesses_the_next_must_wait(at_login: Browser, tenant: Tenant) -> None:
    person = tenant.person()
    assert statuses(guess(at_login, person, FREE)) == [400] * FREE
    (waiting,) = guess(at_login, person)
    assert waiting.status == 429
    seconds = int(waiting.headers["retry-after"])
    assert 0 < seconds <= 60
    assert f"Wait {seconds} seconds" in waiting.body
    # The right password has to wait as well: else the wait would tell nothing to who guesses it.
    right = at_login.sign_in(person)
    assert (right.status, right.cookies) == (429, ())


def test_a_refused_attempt_does_not_make_the_wait_longer(
    at_login: Browser, tenant: Tenant, source_ip: str
) -> None:
    person = tenant.person()
    spend_free_attempts(at_login, tenant, person, source_ip)
    before = strangers_count(tenant, person, source_ip)
    assert statuses(guess(at_login, person, 3)) == [429] * 3
    assert strangers_count(tenant, person, source_ip) == before


def test_each_wait_is_longer_than_the_last_and_none_over_a_minute(
    at_login: Browser, tenant: Tenant, source_ip: str
) -> None:
    person, delays = tenant.person(), []
    spend_free_attempts(at_login, tenant, person, source_ip)
    for _ in range(11):
        wait_until_next(tenant, person, source_ip)
        assert statuses(guess(at_login, person)) == [400]
        item = strangers_count(tenant, person, source_ip)
        assert item is not None
        delays.append(min(item["next_at"], item["last_at"] + 60) - item["last_at"])
    growing = [delay for delay in delays if delay < 60]
    assert growing == sorted(set(growing))
    assert growing
    assert delays[-1] == 60
    # Whatever was counted, a minute after the last attempt the next may come.
    item = strangers_count(tenant, person, source_ip)
    assert item is not None
    tenant.table("Requests").change(item, last_at=int(time.time()) - 60, delay=10**6, next_at=2 * 10**9)
    at_login.sign_in(person)
    assert at_login.at("/consent")


def test_of_parallel_guesses_past_the_free_ones_one_is_looked_at(
    at_login: Browser, tenant: Tenant, caller: Caller, source_ip: str
) -> None:
    person = tenant.person()
    spend_free_attempts(at_login, tenant, person, source_ip)
    wait_until_next(tenant, person, source_ip)
    assert at_login.page is not None
    (form,) = [form for form in forms(at_login.page.body) if "password" in form.fields]
    fields = {**form.fields, "login": person.login, "password": WRONG, "action": "sign_in"}

    def once(_: int) -> int:
        return Browser(caller, dict(at_login.cookies)).submit("/login", fields).status

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(once, range(30)))
    assert sorted(answers) == [400] + [429] * 29


def test_of_parallel_guesses_five_are_free(at_login: Browser, tenant: Tenant, caller: Caller) -> None:
    person = tenant.person()
    assert at_login.page is not None
    (form,) = [form for form in forms(at_login.page.body) if "password" in form.fields]
    fields = {**form.fields, "login": person.login, "password": WRONG, "action": "sign_in"}

    def once(_: int) -> int:
        return Browser(caller, dict(at_login.cookies)).submit("/login", fields).status

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(once, range(20)))
    assert sorted(answers) == [400] * FREE + [429] * 15


def test_signing_in_makes_the_attempts_free_again(
    at_login: Browser, tenant: Tenant, caller: Caller, source_ip: str
) -> None:
    person = tenant.person()
    guess(at_login, person, FREE - 1)
    at_login.sign_in(person)
    assert at_login.at("/consent")
    assert strangers_count(tenant, person, source_ip) is None
    other = Browser(caller)
    other.open("/authorize", ClientApp(tenant.public_client(), caller).request())
    assert statuses(guess(other, person, FREE)) == [400] * FREE


def test_attempts_are_forgotten_after_an_hour(at_login: Browser, tenant: Tenant, source_ip: str) -> None:
    person = tenant.person()
    spend_free_attempts(at_login, tenant, person, source_ip)
    assert statuses(guess(at_login, person)) == [429]
    item = strangers_count(tenant, person, source_ip)
    assert item is not None
    tenant.table("Requests").change(item, exp=int(time.time()), next_at=2 * 10**9, last_at=2 * 10**9)
    assert statuses(guess(at_login, person, FREE)) == [400] * FREE
    assert statuses(guess(at_login, person)) == [429]


def test_a_strangers_guesses_do_not_lock_out_the_persons_own_browser(
    browser: Browser, app: ClientApp, tenant: Tenant, caller: Caller, source_ip: str
) -> None:
    person = tenant.person()
    browser.authorize(person, app.request())
    stranger = Browser(caller)
    stranger.open("/authorize", app.request())
    spend_free_attempts(stranger, tenant, person, source_ip)
    assert statuses(guess(stranger, person)) == [429]
    # It knows this browser: a wrong password is wrong, the right one is right.
    browser.open("/authorize", app.request(prompt="login"))
    assert statuses(guess(browser, person)) == [400]
    assert "code" in browser.sign_in(person).query
    # That frees nothing for the stranger.
    assert statuses(guess(stranger, person)) == [429]


def test_a_known_browser_has_no_more_guesses_than_others(
    browser: Browser, app: ClientApp, tenant: Tenant
) -> None:
    person = tenant.person()
    browser.authorize(person, app.request())
    browser.open("/authorize", app.request(prompt="login"))
    assert statuses(guess(browser, person, FREE + 1)) == [400] * FREE + [429]


def test_a_browser_known_to_one_person_is_a_stranger_to_the_next(
    browser: Browser, app: ClientApp, tenant: Tenant, caller: Caller, source_ip: str
) -> None:
    person, attacker = tenant.person(), tenant.person()
    stranger = Browser(caller)
    stranger.open("/authorize", app.request())
    spend_free_attempts(stranger, tenant, person, source_ip)
    browser.authorize(attacker, app.request())
    browser.open("/authorize", app.request(prompt="login"))
    assert statuses(guess(browser, person)) == [429]


def test_an_unknown_name_is_slowed_down_alike(at_login: Browser) -> None:
    nobody = Person("nobody", "nobody-at-all@example.com")
    assert statuses(guess(at_login, nobody, FREE + 1)) == [400] * FREE + [429]


def test_names_that_are_one_account_share_its_attempts(at_login: Browser, tenant: Tenant) -> None:
    person = tenant.person()
    for name in (person.login.upper(), f" {person.login}", person.login.title()):
        at_login.sign_in(Person(person.sub, name), password=WRONG)
    assert statuses(guess(at_login, person, 3)) == [400, 400, 429]


def test_a_source_has_its_own_count_over_all_accounts(
    at_login: Browser, tenant: Tenant, source_ip: str
) -> None:
    guess(at_login, tenant.person())
    requests, key = tenant.table("Requests"), network_key(source_ip)
    item = requests.at(id=key)
    assert item is not None
    assert item["attempts"] == 1
    requests.change(item, attempts=49)
    assert statuses(guess(at_login, tenant.person(), 1)) == [400]
    person = tenant.person()
    (waiting,) = guess(at_login, person)
    assert waiting.status == 429
    # What the source may not try is not counted against the account.
    assert strangers_count(tenant, person, source_ip) is None


def test_a_right_password_is_not_counted_against_the_source(
    at_login: Browser, tenant: Tenant, source_ip: str
) -> None:
    guess(at_login, tenant.person())
    at_login.sign_in(tenant.person())
    assert at_login.at("/consent")
    item = tenant.table("Requests").at(id=network_key(source_ip))
    assert item is not None
    assert item["attempts"] == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("198.51.100.1", "198.51.100.2", False),
        ("198.51.100.1", "198.51.100.1", True),
        ("", "no address", True),
    ],
)
def test_a_source_is_an_address_or_an_ipv6_customers_network(*, one: str, other: str, same: bool) -> None:
    assert (network_key(one) == network_key(other)) is same


def test_accounts_browsers_and_networks_are_counted_apart() -> None:
    known, here, there = "b" * 64, "198.51.100.1", "203.0.113.9"
    keys = {
        key.key
        for login, browser, source_ip in (
            ("ada", None, here),
            ("ada", None, there),
            ("bob", None, here),
            ("ada", known, here),
            ("ada", known, there),
            ("ada", None, ""),
        )
        for key in attempt_keys(login, known_browser=browser, source_ip=source_ip)
    }
    networks, accounts, anywhere, browsers = 3, 4, 2, 1
    assert len(keys) == networks + accounts + anywhere + browsers
    assert not [key for key in keys if "ada" in key or "198.51" in key]


def test_one_who_guesses_from_elsewhere_does_not_lock_out_a_new_browser(
    at_login: Browser, tenant: Tenant, stack: LocalStack
) -> None:
    person = tenant.person()
    stranger = Browser(Caller(LambdaTransport(stack, "198.51.100.77")))
    stranger.open("/authorize", ClientApp(tenant.public_client(), stranger.caller).request())
    assert statuses(guess(stranger, person, FREE + 1)) == [400] * FREE + [429]
    at_login.sign_in(person)
    assert at_login.at("/consent")


def test_guesses_at_one_name_from_everywhere_are_slowed_down_together(
    at_login: Browser, tenant: Tenant, source_ip: str
) -> None:
    person = tenant.person()
    guess(at_login, person)
    anywhere = attempt_keys(normalize_login(person.login), known_browser=None, source_ip=source_ip)[2]
    item, now = tenant.table("Requests").find(id=anywhere.key), int(time.time())
    tenant.table("Requests").change(item, attempts=100, next_at=now + 50, last_at=now)
    assert statuses(guess(at_login, person)) == [429]


def test_a_known_browser_is_not_held_up_by_its_neighbours(
    browser: Browser, app: ClientApp, tenant: Tenant, source_ip: str
) -> None:
    person = tenant.person()
    browser.authorize(person, app.request())
    now = int(time.time())
    counted = tenant.table("Requests").find(id=network_key(source_ip))
    tenant.table("Requests").change(counted, attempts=500, next_at=now + 60, last_at=now)
    browser.open("/authorize", app.request(prompt="login"))
    assert "code" in browser.sign_in(person).query
