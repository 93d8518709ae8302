"""RFC 8628 sections 5.4 and 5.5: who is led to the page of another's device is told so."""

import time
from collections.abc import Callable

import pytest

from chalicelib.protocol.interaction import csrf_token, hash_identifier
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.device import Device, connect, device, device_client, enter
from tests.support.http import Caller
from tests.support.refusal import assert_page, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


@spec("RFC8628-5.4")
def test_the_page_names_what_connects_and_warns(here: Visit, caller: Caller, tenant: Tenant) -> None:
    client = device_client(tenant, client_name="A <b>TV</b>", client_uri="https://tv.example.com/about")
    page = enter(here.browser, device(caller, tenant, client).ask().user_code)
    assert "A &lt;b&gt;TV&lt;/b&gt;" in page.body
    assert "tv.example.com" in page.body
    assert "Is the device in front of you?" in page.body
    assert "Whoever sent you a code or a link may be after your account." in page.body


@spec("RFC8628-5.4")
def test_the_page_says_when_the_device_asked_and_from_which_network(
    tv: Device, here: Visit, tenant: Tenant
) -> None:
    """A device in the same room is in the same network mostly, and asked just now."""
    tv.ask()
    assert "less than a minute ago <br>from the network you are in" in enter(here.browser, tv.user_code).body
    tv.change_grant(created_at=int(time.time()) - 190)
    requests = tenant.table("Requests")
    (code,) = [item for item in requests.items() if item.get("grant_id") == tv.grant_id]
    requests.change(code, source_ip="198.51.100.9")
    body = here.browser.open(here.browser.url).body
    assert "3 minutes ago <br>from another network than yours (<bdi>198.51.100.9</bdi>)" in body
    # As it was kept before there was an address.
    requests.change({name: value for name, value in code.items() if name != "source_ip"})
    body = here.browser.open(here.browser.url).body
    assert "3 minutes ago</dd>" in body


FORGED: dict[str, Callable[[Visit, Device, str], str]] = {
    "missing": lambda _here, _tv, _csrf: "",
    "invented": lambda _here, _tv, _csrf: "0" * 64,
    "in capitals": lambda _here, _tv, csrf: csrf.upper() + "0",
    "of another device": lambda here, tv, _csrf: _csrf_of_another(here, tv),
    "of the page for the code": lambda here, _tv, _csrf: _csrf_of_the_code_page(here),
}


def _csrf_of_another(here: Visit, tv: Device) -> str:
    other = device(tv.app.caller, tv.tenant).ask()
    browser = Browser(here.browser.caller, dict(here.browser.cookies))
    return forms(enter(browser, other.user_code).body)[0].fields["csrf"]


def _csrf_of_the_code_page(here: Visit) -> str:
    browser = Browser(here.browser.caller, dict(here.browser.cookies))
    return forms(browser.open("/device").body)[0].fields["csrf"]


@spec("RFC8628-5.4")
@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("case", FORGED)
def test_a_decision_counts_only_from_its_own_page(
    tv: Device, here: Visit, capsys: Log, case: str, decision: str
) -> None:
    (form,) = forms(enter(here.browser, tv.ask().user_code).body)
    forged = FORGED[case](here, tv, form.fields["csrf"])
    before = tv.grant
    answer = here.browser.submit("/device", {**form.fields, "csrf": forged, "decision": decision})
    assert_page(answer)
    assert last_log(capsys)["reason"] == "csrf"
    assert tv.grant == before


@spec("RFC8628-5.4")
def test_a_code_from_a_browser_that_saw_no_page_counts_for_nothing(
    stack: LocalStack, tv: Device, caller: Caller, capsys: Log
) -> None:
    """Without a cookie, what binds a form to its browser is known to everybody."""
    fields = {"csrf": csrf_token(browser="", purpose="/device"), "user_code": tv.ask().user_code}
    with nothing_written(stack):
        answer = Browser(caller).submit("/device", fields)
    assert answer.status == 400
    assert last_log(capsys)["reason"] == "csrf"


@pytest.mark.parametrize("csrf", ["", "0" * 64])
def test_a_code_counts_only_from_its_own_page(tv: Device, here: Visit, capsys: Log, csrf: str) -> None:
    answer = here.browser.submit("/device", {"csrf": csrf, "user_code": tv.ask().user_code})
    assert_page(answer)
    assert last_log(capsys)["reason"] == "csrf"


@spec("RFC8628-5.4")
def test_a_page_of_the_attackers_browser_is_nothing_in_the_persons(
    tv: Device, here: Visit, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    """The attacker enters their device's code and sends the person on from there."""
    attacker = Browser(caller)
    enter(attacker, tv.ask().user_code)
    link = "/device?" + attacker.url.partition("?")[2]
    assert_page(here.browser.open(link))
    assert last_log(capsys)["reason"] == "interaction_other_browser"
    attacker.sign_in(tenant.person())
    (form,) = forms(attacker.page.body if attacker.page else "")
    assert_page(here.browser.submit("/device", {**form.fields, "decision": "allow"}))
    assert tv.grant["state"] == "pending"


@spec("RFC8628-5.4")
def test_a_decision_is_that_of_the_person_who_saw_the_page(
    tv: Device, browser: Browser, tenant: Tenant, capsys: Log
) -> None:
    """Somebody else signs in at the same browser meanwhile: their account is not what was asked about."""
    first, second = tenant.person(), tenant.person()
    enter(browser, tv.ask().user_code)
    browser.sign_in(first)
    assert browser.page is not None
    (form,) = forms(browser.page.body)
    browser.open("/login", {"interaction": form.fields["interaction"]})
    browser.sign_in(second)
    assert_page(browser.submit("/device", {**form.fields, "decision": "allow"}))
    assert last_log(capsys)["reason"] == "csrf"
    assert tv.grant["state"] == "pending"


@spec("RFC8628-5.4")
def test_a_code_that_became_another_devices_is_not_decided_on(
    tv: Device, here: Visit, tenant: Tenant, capsys: Log
) -> None:
    (form,) = forms(enter(here.browser, tv.ask().user_code).body)
    other = device(tv.app.caller, tenant).ask()
    requests = tenant.table("Requests")
    (code,) = [item for item in requests.items() if item.get("grant_id") == tv.grant_id]
    requests.change(code, grant_id=other.grant_id)
    assert_page(here.browser.submit("/device", {**form.fields, "decision": "allow"}))
    assert last_log(capsys)["reason"] == "csrf"
    assert (tv.grant["state"], other.grant["state"]) == ("pending", "pending")


@spec("RFC8628-5.4")
@pytest.mark.parametrize("path", ["/consent", "/authorize/resume"])
def test_an_interaction_of_a_device_is_no_authorization(
    tv: Device, here: Visit, capsys: Log, path: str
) -> None:
    enter(here.browser, tv.ask().user_code)
    interaction = here.browser.url.partition("=")[2]
    assert_page(here.browser.open(path, {"interaction": interaction}))
    assert last_log(capsys)["reason"] == "interaction_unknown"


@spec("RFC8628-5.4")
def test_an_authorization_is_no_interaction_of_a_device(here: Visit, capsys: Log) -> None:
    here.browser.open("/authorize", here.app.request(prompt="consent"))
    interaction = here.browser.url.partition("=")[2]
    assert_page(here.browser.open("/device", {"interaction": interaction}))
    assert last_log(capsys)["reason"] == "interaction_unknown"


@spec("RFC8628-5.4")
def test_an_expired_interaction_shows_a_way_on_with_the_code(tv: Device, here: Visit, tenant: Tenant) -> None:
    enter(here.browser, tv.ask().user_code)
    interaction_hash = hash_identifier(here.browser.url.partition("=")[2])
    item = tenant.table("Requests").find(id=f"interaction#{interaction_hash}")
    tenant.table("Requests").change(item, exp=int(time.time()) - 1)
    answer = here.browser.open(here.browser.url)
    assert answer.status == 400
    assert f'href="/device?user_code={tv.user_code.replace("-", "")}"' in answer.body


@spec("RFC8628-5.5")
def test_who_reads_the_code_off_a_screen_takes_nothing_from_who_connected_it(
    tv: Device, here: Visit, caller: Caller, tenant: Tenant
) -> None:
    connect(here.browser, here.person, tv.ask().user_code)
    spy = Browser(caller)
    enter(spy, tv.user_code)
    body = spy.sign_in(tenant.person()).body
    assert "This code was used before" in body
    assert here.person.sub not in body
    assert tv.tokens()["scope"]
