"""Connecting a device in a real browser: on a phone, without JavaScript, and with the keyboard alone."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import PHONE, ask_for_device, type_credentials
from tests.support.demo import LOGIN, PASSWORD, Demo

NewProfile = Callable[..., BrowserContext]


def test_a_scanned_code_is_compared_and_allowed_on_a_phone_without_javascript(
    demo: Demo, new_profile: NewProfile
) -> None:
    page = new_profile(**PHONE, java_script_enabled=False).new_page()
    device = ask_for_device(demo)
    page.goto(device["verification_uri_complete"])
    expect(page.get_by_label("Code")).to_have_value(device["user_code"])
    page.get_by_role("button", name="Continue", exact=True).click()
    type_credentials(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Notes for TV to your account?")
    expect(page.get_by_text(device["user_code"])).to_be_visible()
    # Nothing is wider than the screen.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your device is connected")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your device is connected")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your device is connected")


def test_a_code_is_typed_and_allowed_with_the_keyboard_alone(demo: Demo, page: Page) -> None:
    device = ask_for_device(demo)
    page.goto(device["verification_uri"])
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type("nonsense")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("eight letters")
    page.get_by_label("Code").fill("")
    page.keyboard.type(device["user_code"].lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email or username")).to_be_focused()
    page.keyboard.type(LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    allow = page.get_by_role("button", name="Allow", exact=True)
    expect(allow).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if allow.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your device is connected")


def test_a_refusal_and_leaving_say_what_happened(demo: Demo, page: Page) -> None:
    device = ask_for_device(demo)
    page.goto(device["verification_uri_complete"])
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was connected")
    page.get_by_role("link", name="Enter a code").click()
    page.get_by_label("Code").fill(device["user_code"])
    page.get_by_role("button", name="Continue", exact=True).click()
    type_credentials(page)
    page.get_by_role("button", name=re.compile("allow$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was connected")
    expect(page.get_by_text("gets no access")).to_be_visible()
