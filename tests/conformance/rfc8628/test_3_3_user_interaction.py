"""RFC 8628 section 3.3: a person enters the code, signs in, and decides."""

import json

import pytest

from tests.support.browser import Browser, forms
from tests.support.device import Device, connect, device, device_client, enter
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, assert_page, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

CONNECTED, NOTHING = "Your device is connected", "Nothing was connected"
USED, EXPIRED, UNKNOWN = "This code was used before", "This code has expired", "No device shows this code"


@spec("RFC8628-3.3")
def test_the_page_asks_for_the_code(browser: Browser) -> None:
    answer = browser.open("/device")
    assert answer.status == 200
    assert "Enter the code that your device shows." in answer.body
    (form,) = forms(answer.body)
    assert (form.action, form.fields["user_code"]) == ("/device", "")
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@spec("RFC8628-3.3")
def test_a_signed_in_person_is_asked_at_once(tv: Device, here: Visit) -> None:
    page = enter(here.browser, tv.ask().user_code)
    assert here.browser.at("/device")
    for text in ("Example TV", tv.user_code, "Ada Lovelace", "Read your things", "Keep access while you"):
        assert text in page.body
    assert tv.grant["state"] == "pending"


@spec("RFC8628-3.3")
def test_somebody_who_is_not_signed_in_signs_in_first(tv: Device, browser: Browser, tenant: Tenant) -> None:
    login = enter(browser, tv.ask().user_code)
    assert browser.at("/login")
    assert "connect a device" in login.body
    # Nobody learns here what a code is for.
    assert "Example TV" not in login.body
    assert tv.user_code in browser.sign_in(tenant.person()).body
    assert CONNECTED in browser.consent().body


@spec("RFC8628-3.3")
def test_what_is_allowed_is_the_persons_and_the_sessions(tv: Device, here: Visit) -> None:
    assert CONNECTED in connect(here.browser, here.person, tv.ask().user_code).body
    grant = tv.grant
    assert (grant["state"], grant["sub"]) == ("approved", here.person.sub)
    assert grant["auth_time"] > 0
    assert grant["amr"] == ["pwd"]
    assert grant["sid"]


@spec("RFC8628-3.3")
def test_a_refusal_is_told_to_the_device(tv: Device, here: Visit) -> None:
    assert NOTHING in connect(here.browser, here.person, tv.ask().user_code, decision="deny").body
    assert_json_error(tv.poll(), "access_denied")
    assert "sub" not in tv.grant


@spec("RFC8628-3.3")
@pytest.mark.parametrize(("decision", "told"), [("allow", CONNECTED), ("deny", NOTHING)])
def test_reloading_and_deciding_again_change_nothing(
    tv: Device, here: Visit, decision: str, told: str
) -> None:
    page = enter(here.browser, tv.ask().user_code)
    (form,) = forms(page.body)
    here.browser.consent(decision)
    assert told in here.browser.open(here.browser.url).body
    before = tv.grant
    for again in ("allow", "deny"):
        assert told in here.browser.submit(form.action, {**form.fields, "decision": again}).body
    assert tv.grant == before


@spec("RFC8628-3.3")
def test_after_the_tokens_the_page_still_says_so(tv: Device, here: Visit) -> None:
    connect(here.browser, here.person, tv.ask().user_code)
    url = here.browser.url
    tv.tokens()
    assert CONNECTED in here.browser.open(url).body


@spec("RFC8628-3.3")
def test_a_code_connects_one_device_once(tv: Device, here: Visit, caller: Caller, tenant: Tenant) -> None:
    connect(here.browser, here.person, tv.ask().user_code)
    assert USED in enter(here.browser, tv.user_code).body
    other = Browser(caller)
    enter(other, tv.user_code)
    assert USED in other.sign_in(tenant.person()).body
    assert tv.grant["sub"] == here.person.sub


@spec("RFC8628-3.3")
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_an_expired_code_is_not_decided_on(tv: Device, here: Visit, decision: str) -> None:
    enter(here.browser, tv.ask().user_code)
    tv.expire()
    before = tv.grant
    assert EXPIRED in here.browser.consent(decision).body
    assert tv.grant == before
    assert EXPIRED in enter(here.browser, tv.user_code).body


@spec("RFC8628-3.3")
def test_a_form_without_a_decision_decides_nothing(tv: Device, here: Visit) -> None:
    (form,) = forms(enter(here.browser, tv.ask().user_code).body)
    for decision in ({}, {"decision": "maybe"}):
        assert_page(here.browser.submit(form.action, {**form.fields, **decision}))
    assert tv.grant["state"] == "pending"


@spec("RFC8628-3.3")
@pytest.mark.parametrize("typed", ["", "BCDF", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJA", "1234-5678", "B" * 70])
def test_what_is_no_code_is_told_and_leaves_nothing(
    here: Visit, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    answer = enter(here.browser, typed)
    assert answer.status == 400
    assert "A code has eight letters" in answer.body
    assert last_log(capsys)["reason"] == "user_code_malformed"


@spec("RFC8628-3.3")
def test_a_code_of_no_device_is_told(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    answer = enter(here.browser, "BBBB-BBBB")
    assert (answer.status, UNKNOWN in answer.body) == (400, True)
    assert last_log(capsys, "BBBB-BBBB", "BBBBBBBB")["reason"] == "user_code_unknown"


@spec("RFC8628-3.3")
def test_somebody_who_does_not_sign_in_decides_nothing(tv: Device, browser: Browser) -> None:
    enter(browser, tv.ask().user_code)
    answer = browser.fill(("action", "cancel"))
    assert "You did not sign in" in answer.body
    assert tv.grant["state"] == "pending"


@spec("RFC8628-3.3")
def test_another_account_can_be_chosen(tv: Device, browser: Browser, tenant: Tenant) -> None:
    other = tenant.person(name="Grace Hopper")
    enter(browser, tv.ask().user_code)
    page = browser.sign_in(tenant.person())
    interaction = forms(page.body)[0].fields["interaction"]
    browser.open("/login", {"interaction": interaction})
    assert "Grace Hopper" in browser.sign_in(other).body
    browser.consent()
    assert tv.grant["sub"] == other.sub


@spec("RFC8628-3.3")
def test_going_on_as_the_same_person_asks_again(tv: Device, here: Visit) -> None:
    page = enter(here.browser, tv.ask().user_code)
    interaction = forms(page.body)[0].fields["interaction"]
    here.browser.open("/login", {"interaction": interaction})
    assert tv.user_code in here.browser.fill(("action", "continue")).body


@spec("RFC8628-3.3")
def test_a_disabled_person_connects_nothing(tv: Device, browser: Browser, tenant: Tenant) -> None:
    person = tenant.person()
    enter(browser, tv.ask().user_code)
    browser.sign_in(person)
    tenant.disable(person)
    browser.consent()
    assert browser.at("/login")
    assert "not active" in browser.sign_in(person).body
    assert tv.grant["state"] == "pending"


@spec("RFC8628-3.3")
def test_nothing_is_remembered_the_next_device_asks_again(
    tv: Device, here: Visit, caller: Caller, tenant: Tenant
) -> None:
    connect(here.browser, here.person, tv.ask().user_code)
    second = device(caller, tenant, tv.app.client).ask()
    enter(here.browser, second.user_code)
    assert second.grant["state"] == "pending"
    consents = [item["id"] for item in tenant.table("Users").items() if item["id"].startswith("consent#")]
    assert not [name for name in consents if name.endswith(tv.app.client.client_id)]


@spec("RFC8628-3.3")
def test_a_client_that_may_no_longer_is_refused(tv: Device, here: Visit, tenant: Tenant) -> None:
    # Instances keep a client for a minute: this one was never read by the page.
    client = device_client(tenant)
    late = device(tv.app.caller, tenant, client).ask()
    clients = tenant.table("Clients")
    record = clients.find(id=f"client#{client.client_id}")
    clients.change(record, grant_types=["authorization_code"])
    assert_page(enter(here.browser, late.user_code))
    assert late.grant["state"] == "pending"


@spec("RFC8628-3.3")
def test_the_device_of_a_client_that_is_gone_connects_nothing(
    tv: Device, here: Visit, tenant: Tenant
) -> None:
    late = device(tv.app.caller, tenant, device_client(tenant)).ask()
    late.change_grant(client_id="a client that was deleted")
    assert_page(enter(here.browser, late.user_code))
    assert late.grant["state"] == "pending"


@spec("RFC8628-3.3")
@pytest.mark.parametrize(("decision", "event"), [("allow", "consent_given"), ("deny", "consent_refused")])
def test_a_decision_is_a_security_event_once(
    tv: Device, here: Visit, capsys: pytest.CaptureFixture[str], decision: str, event: str
) -> None:
    (form,) = forms(enter(here.browser, tv.ask().user_code).body)
    capsys.readouterr()
    here.browser.consent(decision)
    here.browser.submit(form.action, {**form.fields, "decision": decision})
    told = [json.loads(line).get("audit") for line in capsys.readouterr().out.splitlines()]
    (only,) = [each for each in told if each]
    assert (only["type"], only["sub"], only["grant_id"]) == (event, here.person.sub, tv.grant_id)
