"""The server's own pages in a real browser: without JavaScript, and without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import PATIENCE_MS, authorize_url, type_credentials
from tests.support.demo import LOGIN, PASSWORD, Demo

NewProfile = Callable[..., BrowserContext]


@pytest.fixture
def scriptless(new_profile: NewProfile) -> Page:
    """A tab that runs no JavaScript."""
    return new_profile(java_script_enabled=False).new_page()


def test_sign_in_and_consent_need_no_javascript(demo: Demo, scriptless: Page) -> None:
    scriptless.goto(authorize_url(demo, prompt="consent"))
    type_credentials(scriptless, "not the password")
    expect(scriptless.get_by_role("alert")).to_be_visible()
    type_credentials(scriptless)
    scriptless.get_by_role("button", name="Allow", exact=True).click()
    scriptless.wait_for_url(f"{demo.app}callback.html?*")
    assert "code=" in scriptless.url
    assert "state=a%20state" in scriptless.url


def test_another_account_can_be_chosen_and_signing_out_confirmed_without_javascript(
    demo: Demo, scriptless: Page
) -> None:
    scriptless.goto(authorize_url(demo, prompt="consent"))
    type_credentials(scriptless)
    scriptless.get_by_role("link", name="Not you? Use another account").click()
    expect(scriptless.get_by_role("button", name="Continue as Ada Lovelace")).to_be_visible()
    scriptless.goto(f"{demo.issuer}/end_session")
    scriptless.get_by_role("button", name="Stay signed in").click()
    expect(scriptless.get_by_role("heading", level=1)).to_contain_text("still signed in")
    scriptless.goto(f"{demo.issuer}/end_session")
    scriptless.get_by_role("button", name="Sign out", exact=True).click()
    expect(scriptless.get_by_role("heading", level=1)).to_contain_text("signed out")
    scriptless.goto(authorize_url(demo))
    expect(scriptless.get_by_label("Password")).to_be_visible()


def test_person_signs_in_and_consents_with_the_keyboard_alone(demo: Demo, page: Page) -> None:
    page.goto(authorize_url(demo, prompt="consent"))
    expect(page.get_by_label("Email or username")).to_be_focused()
    page.keyboard.type(LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Allow Notes")
    allow = page.get_by_role("button", name="Allow", exact=True)
    tab_to(page, "Allow")
    expect(allow).to_be_focused()
    # What has the focus is seen to have it.
    assert allow.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.app}callback.html?*")


def test_enter_in_the_login_form_signs_in_and_does_not_cancel(demo: Demo, page: Page) -> None:
    page.goto(authorize_url(demo, prompt="select_account"))
    expect(page.get_by_label("Email or username")).to_be_focused()
    page.keyboard.type(LOGIN)
    page.keyboard.press("Enter")
    # An empty password is stopped by the browser, with the page still there.
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()


def test_reload_of_the_login_page_after_a_wrong_password_is_the_page_again(demo: Demo, page: Page) -> None:
    page.goto(authorize_url(demo))
    type_credentials(page, "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Password")).to_be_visible()
    type_credentials(page)
    page.wait_for_url(lambda url: url.startswith((f"{demo.app}callback.html", f"{demo.issuer}/consent")))


def test_back_to_a_login_page_that_is_done_with_shows_a_way_on(demo: Demo, page: Page) -> None:
    page.goto(authorize_url(demo, prompt="consent"))
    login_page = page.url
    type_credentials(page)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{demo.app}*")
    page.goto(login_page)
    page.get_by_role("button", name="Continue as Ada Lovelace").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are already done here")
    # At the app, which begins a sign-in of its own: they may have allowed it all before.
    page.get_by_role("link", name="Start again").click()
    allow = page.get_by_role("button", name="Allow", exact=True)
    expect(allow.or_(page.get_by_test_id("sign-out"))).to_be_visible()


def test_page_of_the_server_cannot_be_framed(demo: Demo, chromium: Chromium) -> None:
    with chromium.new_context() as profile:
        page = profile.new_page()
        url = authorize_url(demo).replace("&", "&amp;")
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text, timeout=PATIENCE_MS):
            page.set_content(f'<iframe src="{url}"></iframe>')
        expect(page.frame_locator("iframe").get_by_label("Password")).to_have_count(0)


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until a button of this name has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            return
