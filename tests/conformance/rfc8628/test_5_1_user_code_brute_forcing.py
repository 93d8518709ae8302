"""RFC 8628 section 5.1: guessing a user code is slowed down, for the person and for their network."""

import time
from typing import Any

import pytest

from chalicelib.accounts.attempts import user_code_keys
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.device import Device, connect, device, enter
from tests.support.environment import skip_where_deployed
from tests.support.http import Answer, Caller, LambdaTransport
from tests.support.log_lines import assert_line
from tests.support.refusal import last_log
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec

FREE, FREE_IN_NETWORK, SPARED = 5, 50, 2
WRONG = "BBBB-BBBB"
_networks = iter(f"198.51.100.{number}" for number in range(256))


@pytest.fixture
def source_ip() -> str:
    """An address nobody else has."""
    skip_where_deployed()
    return next(_networks)


@pytest.fixture
def caller(stack: LocalStack, source_ip: str) -> Caller:
    """From that address, whatever this run's transport."""
    return Caller(LambdaTransport(stack, source_ip))


@pytest.fixture
def guesser(caller: Caller, tenant: Tenant) -> tuple[Person, Browser]:
    return signed_in(caller, tenant)


def signed_in(caller: Caller, tenant: Tenant) -> tuple[Person, Browser]:
    person, browser = tenant.person(), Browser(caller)
    connect(browser, person, device(caller, tenant).ask().user_code, decision="deny")
    return person, browser


def guess(browser: Browser, times: int = 1) -> list[int]:
    return [enter(browser, WRONG).status for _ in range(times)]


def count(tenant: Tenant, kind: str, person: Person, source_ip: str) -> dict[str, Any]:
    key = getattr(user_code_keys(person.sub, source_ip=source_ip), kind)
    item = tenant.table("Requests").at(id=key.key)
    assert item is not None
    return item


def use_up(tenant: Tenant, kind: str, person: Person, source_ip: str, *, attempts: int) -> None:
    """As if so many wrong codes had been tried; one was."""
    item, now = count(tenant, kind, person, source_ip), int(time.time())
    delay = 4 * attempts
    tenant.table("Requests").change(
        item, attempts=attempts, delay=delay, next_at=now + 3_600, last_at=now + 3_600
    )


def assert_waits(answer: Answer) -> None:
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many attempts. Wait " in answer.body


@spec("RFC8628-5.1")
def test_a_person_who_guesses_waits_after_the_free_attempts(
    guesser: tuple[Person, Browser], capsys: pytest.CaptureFixture[str]
) -> None:
    _, browser = guesser
    assert guess(browser, FREE) == [400] * FREE
    assert_waits(enter(browser, WRONG))
    assert last_log(capsys, WRONG)["reason"] == "user_code_throttled"


@spec("RFC8628-5.1")
def test_while_waiting_the_right_code_is_not_told_from_a_wrong_one(
    guesser: tuple[Person, Browser], tv: Device, tenant: Tenant, source_ip: str
) -> None:
    person, browser = guesser
    guess(browser)
    use_up(tenant, "person", person, source_ip, attempts=FREE)
    right, wrong = enter(browser, tv.ask().user_code), enter(browser, WRONG)
    assert_waits(right)
    assert_waits(wrong)
    assert "Example TV" not in right.body


@spec("RFC8628-5.1")
def test_neither_another_browser_nor_another_network_has_new_guesses(
    guesser: tuple[Person, Browser], stack: LocalStack, tenant: Tenant, source_ip: str
) -> None:
    person, browser = guesser
    guess(browser)
    use_up(tenant, "person", person, source_ip, attempts=FREE)
    elsewhere = Browser(Caller(LambdaTransport(stack, next(_networks))))
    enter(elsewhere, WRONG)
    assert_waits(elsewhere.sign_in(person))


@spec("RFC8628-5.1")
def test_every_way_to_a_code_counts(guesser: tuple[Person, Browser]) -> None:
    """Reloading, and deciding, look the code up too."""
    _, browser = guesser
    guess(browser)
    url, interaction = browser.url, browser.url.partition("=")[2]
    ways = [browser.open(url).status]
    for decision in ("allow", "deny"):
        fields = {"interaction": interaction, "decision": decision, "csrf": "forged"}
        ways.append(browser.submit("/device", fields).status)
    assert ways == [400] * 3
    assert guess(browser, 2) == [400, 429]


@spec("RFC8628-5.1")
def test_codes_of_ones_own_devices_free_no_guesses(
    guesser: tuple[Person, Browser], caller: Caller, tenant: Tenant, source_ip: str
) -> None:
    """Anybody can have codes that are right: entering them must clear nothing."""
    person, browser = guesser
    guess(browser, FREE - 1)
    for _ in range(3):
        connect(browser, person, device(caller, tenant).ask().user_code, decision="deny")
    for kind in ("person", "network"):
        assert count(tenant, kind, person, source_ip)["attempts"] == FREE - 1
    assert guess(browser, 2) == [400, 429]


@spec("RFC8628-5.1")
def test_a_network_has_a_count_over_all_people(
    guesser: tuple[Person, Browser], caller: Caller, tenant: Tenant, source_ip: str
) -> None:
    person, browser = guesser
    guess(browser)
    assert count(tenant, "network", person, source_ip)["attempts"] == 1
    use_up(tenant, "network", person, source_ip, attempts=FREE_IN_NETWORK)
    # What is left are a person's own few: with as many accounts as one likes there are so many each.
    somebody, other = signed_in(caller, tenant)
    assert guess(other, SPARED) == [400] * SPARED
    use_up(tenant, "spared", somebody, source_ip, attempts=SPARED)
    assert_waits(enter(other, WRONG))


@spec("RFC8628-5.1")
def test_guesses_of_others_lock_nobody_out(
    guesser: tuple[Person, Browser], tv: Device, caller: Caller, tenant: Tenant, source_ip: str
) -> None:
    """The whole network is slowed down by an attacker in it; a person in it connects their device."""
    attacker, browser = guesser
    guess(browser)
    use_up(tenant, "network", attacker, source_ip, attempts=FREE_IN_NETWORK)
    person, own = signed_in(caller, tenant)
    assert guess(own, SPARED - 1) == [400]
    assert "Your device is connected" in connect(own, person, tv.ask().user_code).body
    # That took nothing off the network's count, which it was never added to.
    assert count(tenant, "network", attacker, source_ip)["attempts"] == FREE_IN_NETWORK


@spec("RFC8628-5.1")
def test_somebody_who_is_not_signed_in_learns_nothing_of_any_code(tv: Device, caller: Caller) -> None:
    tv.ask()
    pages = []
    for code in (tv.user_code, WRONG):
        browser = Browser(caller)
        page = enter(browser, code)
        hidden = [value for form in forms(page.body) for value in form.fields.values() if value]
        text = page.body
        for value in hidden:
            text = text.replace(value, "")
        pages.append((page.status, text))
    assert pages[0] == pages[1]


@spec("RFC8628-5.1")
def test_every_wrong_code_is_a_security_event_with_who_typed_it_and_not_what(
    guesser: tuple[Person, Browser], capsys: pytest.CaptureFixture[str], source_ip: str
) -> None:
    person, browser = guesser
    capsys.readouterr()
    assert guess(browser, FREE + 1) == [400] * FREE + [429]
    lines = [assert_line(line) for line in capsys.readouterr().out.splitlines()]
    told = [line["audit"] for line in lines if "audit" in line]
    assert [one["reason"] for one in told] == ["user_code_unknown"] * FREE + ["user_code_throttled"]
    for one in told:
        assert (one["type"], one["actor"]) == ("user_code_refused", {"kind": "person", "id": person.sub})
        assert (one["sub"], one["source_ip"]) == (person.sub, source_ip)
        assert WRONG not in str(one)
