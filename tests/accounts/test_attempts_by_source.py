"""What guesses count under: so that nobody locks another person out, and nobody guesses on elsewhere."""

import time

import pytest

from chalicelib.accounts.attempts import attempt_keys
from chalicelib.accounts.password import normalize_login
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.guessing import FREE, guess, network_key, spend_free_attempts, statuses, strangers_count
from tests.support.http import Caller, LambdaTransport
from tests.support.tenant import Tenant


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


def test_a_new_browser_has_no_new_guesses(
    at_login: Browser, tenant: Tenant, caller: Caller, source_ip: str
) -> None:
    person = tenant.person()
    spend_free_attempts(at_login, tenant, person, source_ip)
    other = Browser(caller)
    other.open("/authorize", ClientApp(tenant.public_client(), caller).request())
    assert statuses(guess(other, person)) == [429]


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
