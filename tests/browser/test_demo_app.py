"""The demo app, a standard single-page client, in a real browser."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import DESKTOP, PHONE, sign_in, type_credentials
from tests.support.demo import LOGIN, Demo, running_demo


@pytest.fixture
def fresh_demo() -> Iterator[Demo]:
    """A demo that nobody has signed in at or consented to anything."""
    with running_demo() as demo:
        yield demo


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(DESKTOP, id="on a desk"),
        pytest.param({**PHONE, "color_scheme": "dark"}, id="on a phone in the dark"),
    ],
)
def test_person_signs_in_consents_works_with_the_api_and_signs_out(
    fresh_demo: Demo, new_profile: Callable[..., BrowserContext], device: dict[str, Any]
) -> None:
    demo, page = fresh_demo, new_profile(**device).new_page()
    page.goto(demo.app)
    page.get_by_test_id("sign-in").click()
    type_credentials(page, "correct horse battery stable")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    expect(page.get_by_label("Email or username")).to_have_value(LOGIN)
    expect(page.get_by_label("Password")).to_have_value("")
    expect_no_overflow(page)
    type_credentials(page)

    expect(page.get_by_role("heading", level=1)).to_contain_text("Allow Notes to access your account?")
    expect(page.get_by_role("listitem").filter(has_text="Write new notes")).to_be_visible()
    expect_no_overflow(page)
    page.get_by_role("button", name="Allow", exact=True).click()

    expect(page).to_have_url(demo.app)
    expect(page.get_by_test_id("name")).to_have_text("Ada Lovelace")
    expect(page.get_by_test_id("claims")).to_contain_text("12 St James's Square")
    expect(page.get_by_test_id("audience")).to_contain_text(demo.api)
    page.get_by_test_id("note-text").fill("Weave algebraical patterns")
    page.get_by_test_id("add-note").click()
    expect(page.get_by_test_id("notes")).to_have_text("Weave algebraical patterns")
    expect_no_overflow(page)

    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    expect(page.get_by_test_id("signed-in")).to_be_hidden()
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_text("Continue as")).to_have_count(0)


def test_person_who_does_not_allow_it_reads_so_in_the_app(fresh_demo: Demo, page: Page) -> None:
    page.goto(fresh_demo.app)
    page.get_by_test_id("sign-in").click()
    type_credentials(page)
    page.get_by_role("button", name=re.compile("Don.t allow")).click()
    expect(page.get_by_test_id("error")).to_contain_text("You did not allow the access")
    page.get_by_test_id("start-again").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()


def test_person_who_cancels_the_login_reads_so_in_the_app(demo: Demo, page: Page) -> None:
    page.goto(demo.app)
    page.get_by_test_id("sign-in").click()
    page.get_by_role("button", name="Cancel and return to Notes").click()
    expect(page.get_by_test_id("error")).to_contain_text("access_denied")


def test_refresh_brings_another_access_token_without_leaving_the_app(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    page.get_by_text("What is in it").click()
    before = page.get_by_test_id("access-token").inner_text()
    page.get_by_test_id("refresh").click()
    expect(page.get_by_test_id("status")).to_have_text("A new access token has come.")
    expect(page.get_by_test_id("access-token")).not_to_have_text(before)
    page.get_by_test_id("call-api").click()
    expect(page.get_by_test_id("status")).to_have_text("The API answered.")
    expect(page).to_have_url(demo.app)


def test_reload_leaves_the_person_signed_in(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    page.reload()
    expect(page.get_by_test_id("name")).to_have_text("Ada Lovelace")


def test_back_after_signing_in_shows_a_page_that_leads_on(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    page.go_back()
    # The page left last, of a sign-in that is over: whatever is pressed on it says so, and nothing breaks.
    going_on = page.get_by_role("button", name=re.compile("^(Allow|Continue as)"))
    going_on.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are already done here")
    # At the app, which begins anew: what it sent here before is spent.
    page.get_by_role("link", name="Start again").click()
    expect(page.get_by_test_id("name")).to_have_text("Ada Lovelace")


def test_second_tab_needs_no_password_once_the_first_is_signed_in(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    second = page.context.new_page()
    second.goto(demo.app)
    second.get_by_test_id("sign-in").click()
    expect(second.get_by_test_id("name")).to_have_text("Ada Lovelace")


def test_two_tabs_at_the_login_page_both_end_signed_in(demo: Demo, page: Page) -> None:
    second = page.context.new_page()
    for tab in (page, second):
        tab.goto(demo.app)
        tab.get_by_test_id("sign-in").click()
        expect(tab.get_by_label("Password")).to_be_visible()
    for tab in (page, second):
        type_credentials(tab)
        allow = tab.get_by_role("button", name="Allow", exact=True)
        expect(allow.or_(tab.get_by_test_id("signed-in"))).to_be_visible()
        if allow.is_visible():
            allow.click()
        expect(tab.get_by_test_id("name")).to_have_text("Ada Lovelace")


def test_callback_opened_again_is_explained_and_spends_nothing(demo: Demo, page: Page) -> None:
    with page.expect_request(re.compile(r"/callback\.html\?")) as came_back:
        sign_in(page, demo)
    page.goto(came_back.value.url)
    expect(page.get_by_test_id("error")).to_contain_text("This sign-in was finished before")
    page.get_by_test_id("start-again").click()
    expect(page.get_by_test_id("name")).to_have_text("Ada Lovelace")


def expect_no_overflow(page: Page) -> None:
    """Nothing sticks out sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
