"""Guessing a password is slowed down: five guesses are free, each further one waits longer than the last."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.guessing import (
    FREE,
    WRONG,
    guess,
    spend_free_attempts,
    statuses,
    strangers_count,
    wait_until_next,
)
from tests.support.http import Caller
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec


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


def test_an_unknown_name_is_slowed_down_alike(at_login: Browser) -> None:
    nobody = Person("nobody", "nobody-at-all@example.com")
    assert statuses(guess(at_login, nobody, FREE + 1)) == [400] * FREE + [429]


def test_names_that_are_one_account_share_its_attempts(at_login: Browser, tenant: Tenant) -> None:
    person = tenant.person()
    for name in (person.login.upper(), f" {person.login}", person.login.title()):
        at_login.sign_in(Person(person.sub, name), password=WRONG)
    assert statuses(guess(at_login, person, 3)) == [400, 400, 429]
