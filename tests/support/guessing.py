"""Somebody who guesses passwords, and what is counted of it."""

import time
from typing import Any

from chalicelib.accounts.attempts import attempt_keys
from chalicelib.accounts.password import normalize_login
from tests.support.browser import Browser
from tests.support.http import Answer
from tests.support.tenant import Person, Tenant

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
