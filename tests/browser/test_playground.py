"""The playground in a real browser: every flow goes as it should, every way to break one is refused."""

import shlex
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import segno
from playwright.sync_api import BrowserContext, Page, expect

from chalicelib.pages.playground import VERSION
from tests.browser.chromium import PHONE, type_credentials
from tests.browser.playground import attacks, begin, lit, open_flow, passed, run, verdicts
from tests.support.demo import Demo

NewProfile = Callable[..., BrowserContext]
# Shown by tests of their own: somebody has to decide on another device.
DEVICE = "device"
SIGNED = {"signature": "true", "iss": "true", "exp": "true", "iat": "true"}


def flows(page: Page) -> list[str]:
    hrefs = page.locator("nav a:not(.off)").evaluate_all("links => links.map((link) => link.hash.slice(1))")
    return [str(href) for href in hrefs]


def test_every_flow_goes_as_it_should_and_every_way_to_break_it_is_refused(demo: Demo, page: Page) -> None:
    """One page and one sign-in for all of them: what differs is told by name at the end."""
    open_flow(page, demo, "code")
    wrong = {}
    for flow in flows(page):
        if flow == DEVICE:
            continue
        open_flow(page, demo, flow)
        for attack in ["", *attacks(page)]:
            said, went = run(page, attack), verdicts(page).values()
            right = "Refused, as it should be." if attack else "Done: every step went as it should."
            if not said.startswith(right) or "" in went or not lit(page):
                wrong[flow, attack] = said
            if attack and "refused" not in went:
                wrong[flow, attack] = "nothing was refused"
    assert wrong == {}


def test_signing_in_shows_each_request_and_what_was_verified(demo: Demo, page: Page) -> None:
    open_flow(page, demo, "openid")
    assert run(page).startswith("Done")
    assert set(verdicts(page).values()) == {"ok"}
    assert passed(page, "returned") == {"state": "true", "iss": "true"}
    assert passed(page, "id_token") == {**SIGNED, "aud": "true", "nonce": "true", "at_hash": "null"}
    assert passed(page, "access_token") == {**SIGNED, "aud": "true", "typ": "true"}
    expect(page.get_by_test_id("token-id_token")).to_contain_text("ada")
    token = page.get_by_test_id("step-token")
    token.locator("summary").first.click()
    expect(token).to_contain_text(f"POST {demo.issuer}/token")
    expect(token).to_contain_text("RFC 7636 section 4.5")
    expect(token).to_contain_text("cache-control: no-store")
    # The code is in no address the browser remembers.
    assert page.url == f"{demo.issuer}/playground#openid"


def test_a_broken_token_fails_the_check_it_is_broken_for(demo: Demo, page: Page) -> None:
    open_flow(page, demo, "openid")
    for attack, check in (("forged", "signature"), ("nonce", "nonce"), ("audience", "aud")):
        assert run(page, attack).startswith("Refused")
        failed = [name for name, ok in passed(page, "id_token").items() if ok == "false"]
        assert failed == [check]


def test_a_device_is_allowed_in_another_tab_one_step_at_a_time(demo: Demo, page: Page) -> None:
    open_flow(page, demo, DEVICE)
    page.get_by_label("One step at a time").check()
    begin(page, "spent")
    screen = page.get_by_test_id("device-screen")
    code = screen.locator(".user-code").inner_text()
    with page.context.expect_page() as opened:
        screen.get_by_role("link", name="Open it here").click()
    phone = opened.value
    expect(phone.get_by_label("Code")).to_have_value(code)
    phone.get_by_role("button", name="Continue", exact=True).click()
    type_credentials(phone)
    phone.get_by_role("button", name="Allow", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("connected")
    phone.close()
    page.get_by_role("button", name="Next step").click()
    expect(page.get_by_test_id("step-poll")).to_have_attribute("data-verdict", "ok")
    expect(page.get_by_role("button", name="Next step")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("status")).to_contain_text("Refused, as it should be.")
    assert verdicts(page) == {"ask": "ok", "poll": "ok", "spent": "refused"}


def test_a_device_shows_its_code_while_it_asks_and_not_too_fast_nor_guessing(demo: Demo, page: Page) -> None:
    open_flow(page, demo, DEVICE)
    begin(page)
    expect(page.get_by_test_id("step-poll")).to_contain_text("Asked once so far.")
    expect(page.get_by_test_id("status")).to_contain_text("the device waits for the person")
    expect(page.get_by_test_id("device-screen").locator(".user-code")).to_be_in_viewport()
    for attack in ("fast", "guess"):
        assert run(page, attack).startswith("Refused")


def test_the_qr_code_is_the_one_another_library_draws(demo: Demo, page: Page) -> None:
    open_flow(page, demo, DEVICE)
    module = f"/playground/{VERSION}/qr.js"
    address = "https://login.example.com/device?user_code=WDJB-MJHT&" * 4
    # One of each version, and each mask.
    for mask, length in enumerate((1, 18, 53, 78, 100, 134, 150, 191)):
        text = address[:length]
        drawn = page.evaluate(
            "async ([module, text, mask]) => (await import(module)).qr(text, mask)", [module, text, mask]
        )
        other = segno.make(text, error="l", boost_error=False, mode="byte", mask=mask, micro=False)
        assert drawn == [[bool(dark) for dark in row] for row in other.matrix], length
    assert len(page.evaluate("async (module) => (await import(module)).qr('any mask')", module)) == 21


def test_steps_are_taken_one_by_one_over_the_sign_in_too(demo: Demo, page: Page) -> None:
    open_flow(page, demo, "code")
    page.get_by_label("One step at a time").check()
    begin(page)
    going_on = page.get_by_role("button", name="Next step")
    expect(going_on).to_be_focused()
    assert list(verdicts(page).values()) == ["ok", "", "", "", ""]
    going_on.click()
    type_credentials(page)
    allow = page.get_by_role("button", name="Allow", exact=True)
    allow.or_(going_on).first.wait_for()
    if allow.is_visible():
        allow.click()
    expect(going_on).to_be_focused()
    assert list(verdicts(page).values()) == ["ok", "ok", "", "", ""]
    for step in ("returned", "token", "access_token"):
        going_on.click()
        expect(page.get_by_test_id(f"step-{step}")).to_have_attribute("data-verdict", "ok")
    expect(page.get_by_test_id("status")).to_have_text("Done: every step went as it should.")


def test_a_request_can_be_copied_for_a_terminal_whatever_is_in_it(demo: Demo, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_flow(page, demo, "client_credentials")
    page.get_by_label("Scope").fill("it's $(a) `command`")
    begin(page)
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = shlex.split(page.evaluate("navigator.clipboard.readText()").replace("\\\n", ""))
    assert copied[:5] == ["curl", "-i", "-X", "POST", f"{demo.issuer}/token"]
    sent = parse_qs(copied[copied.index("--data-raw") + 1])
    assert sent["scope"] == ["it's $(a) `command`"]


def test_a_response_nobody_waits_for_is_not_used(demo: Demo, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo.issuer}/playground/callback?code=planted&state=planted&iss={demo.issuer}")
    expect(page.get_by_test_id("status")).to_contain_text("it was not used")
    assert page.url == f"{demo.issuer}/playground"
    assert "planted" not in page.content()
    assert not any(url.endswith("/token") for url in asked)


def test_markup_in_a_response_stays_text(demo: Demo, page: Page) -> None:
    open_flow(page, demo, "code")
    planted = urlencode({"error": "<img src=x onerror=alert(1)>", "error_description": "<script>"})
    headers = {"location": f"{demo.issuer}/playground/callback?{planted}"}
    page.route("**/authorize?*", lambda route: route.fulfill(status=303, headers=headers))
    begin(page)
    expect(page.get_by_test_id("status")).to_contain_text("<img src=x onerror=alert(1)>: <script>")
    assert page.locator("img, main script").count() == 0


def test_the_browser_itself_refuses_to_make_markup_of_text(demo: Demo, page: Page) -> None:
    """Trusted Types, where a script of ours forgot: take the directive out of the policy and this fails."""
    open_flow(page, demo, "code")
    for sink in (
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.createElement('script').text = 'x'",
        "trustedTypes.createPolicy('any', {createHTML: (text) => text})",
    ):
        refused = page.evaluate(
            f"() => {{ try {{ {sink}; return 'done' }} catch (error) {{ return error.name }} }}"
        )
        assert refused == "TypeError", sink


@pytest.mark.parametrize("member", ["authorization_endpoint", "token_endpoint"])
def test_nothing_goes_to_another_server_whatever_the_metadata_says(
    demo: Demo, page: Page, member: str
) -> None:
    elsewhere = "http://127.0.0.1:9/elsewhere"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    told = page.request.get(f"{demo.issuer}/.well-known/openid-configuration").json()
    page.route("**/openid-configuration", lambda route: route.fulfill(json={**told, member: elsewhere}))
    open_flow(page, demo, "code" if member == "authorization_endpoint" else "client_credentials")
    assert f"This server has no {member} here." in run(page)
    assert elsewhere not in asked


def test_a_flow_the_server_does_not_have_is_greyed_and_says_why(demo: Demo, page: Page) -> None:
    told = page.request.get(f"{demo.issuer}/.well-known/openid-configuration").json()
    del told["registration_endpoint"]
    page.route("**/openid-configuration", lambda route: route.fulfill(json=told))
    open_flow(page, demo, "registration")
    expect(page.locator("nav a.off")).to_have_text("Dynamic registration (off here)")
    expect(page.get_by_test_id("off")).to_contain_text("The server's metadata has no registration_endpoint.")
    expect(page.get_by_role("button", name="Run the flow")).to_be_disabled()


def test_metadata_of_another_issuer_is_not_taken(demo: Demo, page: Page) -> None:
    page.route(
        "**/openid-configuration", lambda route: route.fulfill(json={"issuer": "https://other.example"})
    )
    page.goto(f"{demo.issuer}/playground")
    expect(page.get_by_role("alert")).to_contain_text("names the issuer https://other.example")


def test_tokens_end_with_the_tab(demo: Demo, page: Page) -> None:
    open_flow(page, demo, "code")
    assert run(page).startswith("Done")
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    other = page.context.new_page()
    open_flow(other, demo, "code")
    assert set(verdicts(other).values()) == {""}


def test_without_javascript_it_says_why_nothing_is_there(demo: Demo, new_profile: NewProfile) -> None:
    page = new_profile(java_script_enabled=False).new_page()
    page.goto(f"{demo.issuer}/playground")
    expect(page.get_by_text("it needs JavaScript")).to_be_visible()


@pytest.mark.parametrize(
    "look", [{**PHONE, "color_scheme": "dark"}, {"viewport": {"width": 1280, "height": 800}}]
)
def test_nothing_sticks_out_and_the_keyboard_reaches_all(
    demo: Demo, new_profile: NewProfile, look: dict[str, Any]
) -> None:
    page = new_profile(**look).new_page()
    open_flow(page, demo, "openid")
    assert run(page).startswith("Done")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "INPUT", "BUTTON", "SUMMARY"} <= reached
