"""Signing out in a real browser: here, everywhere, or after all not."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import authorize_url, type_credentials
from tests.browser.conftest import NewProfile
from tests.support.demo import Demo
from tests.support.traceability import spec

TITLES = {"Sign out": "signed out", "Sign out everywhere": "signed out", "Stay signed in": "still signed in"}


def signed_in(demo: Demo, page: Page) -> None:
    page.goto(authorize_url(demo))
    type_credentials(page)
    page.wait_for_url(lambda url: "/login" not in url)


def is_signed_in(demo: Demo, page: Page) -> bool:
    """Whether a sign-in that asks for no password goes on."""
    page.goto(authorize_url(demo))
    return page.get_by_label("Password").count() == 0


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("button", TITLES)
def test_a_person_decides_where_to_sign_out(
    demo: Demo, new_profile: NewProfile, button: str, *, scripts: bool
) -> None:
    here, elsewhere = (new_profile(java_script_enabled=scripts).new_page() for _ in range(2))
    for page in (here, elsewhere):
        signed_in(demo, page)
    here.goto(f"{demo.issuer}/end_session")
    here.get_by_role("button", name=button, exact=True).click()
    expect(here.get_by_role("heading", level=1)).to_contain_text(TITLES[button])
    assert is_signed_in(demo, here) is (button == "Stay signed in")
    assert is_signed_in(demo, elsewhere) is (button != "Sign out everywhere")
