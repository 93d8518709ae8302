"""Every prompt, and what else is asked of a person at a sign-in, in a browser that runs no scripts."""

import json
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.chromium import authorize_url, type_credentials
from tests.browser.conftest import NewProfile
from tests.support.demo import LOGIN, Demo


def answer_of(page: Page, demo: Demo) -> dict[str, str]:
    """The response the demo app was given, or its error; the app itself runs no scripts here."""
    page.wait_for_url(f"{demo.app}callback.html?*")
    return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}


def test_every_prompt_asks_what_it_says_without_javascript(demo: Demo, new_profile: NewProfile) -> None:
    page = new_profile(java_script_enabled=False).new_page()
    allow = page.get_by_role("button", name="Allow", exact=True)
    go_on = page.get_by_role("button", name="Continue as")

    page.goto(authorize_url(demo, prompt="none"))
    assert answer_of(page, demo)["error"] == "login_required"

    page.goto(authorize_url(demo, login_hint=LOGIN, prompt="consent"))
    assert page.get_by_label("Email or username").input_value() == LOGIN
    type_credentials(page)
    allow.click()
    assert "code" in answer_of(page, demo)

    page.goto(authorize_url(demo, prompt="none"))
    assert "code" in answer_of(page, demo)

    page.goto(authorize_url(demo, prompt="consent"))
    allow.click()
    assert "code" in answer_of(page, demo)

    page.goto(authorize_url(demo, prompt="select_account"))
    go_on.click()
    assert "code" in answer_of(page, demo)

    for asked in ({"prompt": "login"}, {"max_age": "0"}):
        page.goto(authorize_url(demo, **asked))
        expect(go_on).to_have_count(0)
        type_credentials(page)
        assert "code" in answer_of(page, demo)

    page.goto(authorize_url(demo, prompt="login consent"))
    type_credentials(page)
    allow.click()
    assert "code" in answer_of(page, demo)


def test_a_claim_beyond_the_scope_is_asked_for_in_words(demo: Demo, new_profile: NewProfile) -> None:
    page = new_profile(java_script_enabled=False).new_page()
    claims = json.dumps({"userinfo": {"phone_number": {"essential": True}, "name": None}})
    # Whatever the demo's person allowed before.
    page.goto(authorize_url(demo, claims=claims, prompt="consent"))
    type_credentials(page)
    lines = page.get_by_role("listitem")
    expect(lines.filter(has_text="See your phone number")).to_have_count(1)
    # The scope profile has it already.
    expect(lines.filter(has_text="See your full name")).to_have_count(0)
    page.get_by_role("button", name="Don't allow").click()
    assert answer_of(page, demo)["error"] == "access_denied"
