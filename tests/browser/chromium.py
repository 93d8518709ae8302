"""Chromium, driven by Playwright, and what a person does in it at the demo."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.client_app import s256
from tests.support.demo import LOGIN, PASSWORD, Demo
from tests.support.http import Caller, HttpTransport
from tests.support.tools import need

# It shows one local server, so nothing of it may look elsewhere; CI has neither a GPU nor user namespaces.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PATIENCE_MS = 10_000


def chromium_path() -> str:
    """Where it is installed."""
    return need("chromium", "chromium-browser", "google-chrome")


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """Debian's Chromium: Playwright's own need not be fetched."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        expect.set_options(timeout=PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


def authorize_url(demo: Demo, **parameters: str) -> str:
    """An authorization request of the demo app, made by hand."""
    fields = {
        "client_id": "demo-spa",
        "redirect_uri": f"{demo.app}callback.html",
        "response_type": "code",
        "scope": "openid profile offline_access notes:read",
        "state": "a state",
        "code_challenge": s256("v" * 43),
        "code_challenge_method": "S256",
        **parameters,
    }
    return f"{demo.issuer}/authorize?{urlencode(fields)}"


def ask_for_device(demo: Demo) -> dict[str, Any]:
    """A device authorization of the demo's device."""
    fields = {"client_id": "demo-device", "scope": "openid profile offline_access notes:read"}
    answer = Caller(HttpTransport(demo.issuer)).post("/device_authorization", fields)
    asked: dict[str, Any] = answer.json
    return asked


def type_credentials(page: Page, password: str = PASSWORD) -> None:
    """Fills in the login page and sends it."""
    page.get_by_label("Email or username").fill(LOGIN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: Page, demo: Demo) -> None:
    """Signs in at the demo app, through whatever pages the server shows, until its notes are there."""
    page.goto(demo.app)
    page.get_by_test_id("sign-in").click()
    password = page.get_by_label("Password")
    allow = page.get_by_role("button", name="Allow", exact=True)
    notes = page.get_by_test_id("signed-in")
    expect(password.or_(allow).or_(notes)).to_be_visible()
    if password.is_visible():
        type_credentials(page)
        expect(allow.or_(notes)).to_be_visible()
    if allow.is_visible():
        allow.click()
    expect(notes).to_be_visible()
