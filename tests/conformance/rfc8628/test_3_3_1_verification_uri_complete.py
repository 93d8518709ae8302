"""RFC 8628 section 3.3.1: arriving with the code approves nothing; the code is shown to be compared."""

import pytest

from tests.support.browser import Browser, forms
from tests.support.device import Device
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit


def arrive(browser: Browser, tv: Device) -> str:
    """Scans the picture on the screen of the device."""
    uri = tv.asked["verification_uri_complete"].removeprefix(tv.app.caller.issuer)
    return browser.open(uri).body


@spec("RFC8628-3.3.1")
def test_the_code_is_shown_and_waits_for_the_person(tv: Device, here: Visit) -> None:
    body = arrive(here.browser, tv.ask())
    assert "Is this the code that your device shows?" in body
    (form,) = forms(body)
    assert form.fields["user_code"] == tv.user_code
    assert tv.grant["state"] == "pending"
    page = here.browser.fill(("action", "continue"))
    assert tv.user_code in page.body
    assert tv.grant["state"] == "pending"
    here.browser.consent()
    assert tv.grant["state"] == "approved"


@spec("RFC8628-3.3.1")
def test_a_scan_ends_the_same_way_without_a_session(tv: Device, browser: Browser, tenant: Tenant) -> None:
    arrive(browser, tv.ask())
    browser.fill(("action", "continue"))
    browser.sign_in(tenant.person())
    assert "Your device is connected" in browser.consent().body


@spec("RFC8628-3.3.1")
@pytest.mark.parametrize(
    "code", ["", "nonsense", "<script>alert(1)</script>", "AAAA-AAAA", "\u202eBCDF-GHJK" * 5, "x" * 5_000]
)
def test_a_url_with_anything_else_shows_the_page(browser: Browser, code: str) -> None:
    answer = browser.open("/device", {"user_code": code})
    assert answer.status == 200
    assert "Enter the code that your device shows." in answer.body
    assert "<script" not in answer.body


@spec("RFC8628-3.3.1")
def test_a_url_without_separators_or_in_small_letters_shows_the_code(browser: Browser) -> None:
    for code in ("bcdfghjk", "BCDF GHJK", "bcdf-ghjk"):
        assert 'value="BCDF-GHJK"' in browser.open("/device", {"user_code": code}).body


@spec("RFC8628-3.3.1")
def test_a_decision_in_the_url_is_none(tv: Device, here: Visit) -> None:
    tv.ask()
    fields = {"user_code": tv.user_code, "decision": "allow", "action": "continue"}
    here.browser.open("/device", fields)
    here.browser.fill(("action", "continue"))
    here.browser.open(here.browser.url + "&decision=allow")
    assert tv.grant["state"] == "pending"
