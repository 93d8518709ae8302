"""Pictures of every page for the documentation: `python -m tests.browser.screenshots` writes docs/images.

Each page is shown three times: on a desk in light and dark, and on a phone.
"""

import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import PHONE, ask_for_device, authorize_url, running_chromium, type_credentials
from tests.browser.playground import open_flow, run
from tests.support.demo import LOGIN, PASSWORD, ROOT, Demo, running_demo

IMAGES = ROOT / "docs" / "images"
LARGEST_KB = 150
# The ports of `make run`, so that the pictures show what its users see.
PORT = 8000
DESK: dict[str, Any] = {"viewport": {"width": 1000, "height": 620}}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {**DESK, "color_scheme": "light"},
    "dark": {**DESK, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
}


def pages(page: Page, demo: Demo) -> Iterator[str]:
    """Goes from page to page; each is there when its name is given."""
    page.goto(demo.app)
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    yield "app-signed-out"
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_label("Password")).to_be_visible()
    yield "login"
    type_credentials(page, "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "login-error"
    type_credentials(page)
    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    yield "consent"
    page.get_by_role("button", name="Allow", exact=True).click()
    for text in (
        "The Analytical Engine weaves algebraical patterns",
        "just as the Jacquard loom weaves flowers",
    ):
        page.get_by_test_id("note-text").fill(text)
        page.get_by_test_id("add-note").click()
        expect(page.get_by_test_id("notes").get_by_text(text)).to_be_visible()
    page.get_by_test_id("name").click()
    yield "app"
    page.goto(authorize_url(demo, prompt="select_account"))
    expect(page.get_by_role("button", name="Continue as")).to_be_visible()
    yield "continue-as"
    page.goto(f"{demo.issuer}/authorize?client_id=unknown")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield "error"
    device = ask_for_device(demo)
    page.goto(device["verification_uri"])
    expect(page.get_by_label("Code")).to_be_focused()
    yield "device-code"
    page.get_by_label("Code").fill(device["user_code"])
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    yield "device"
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("connected")
    yield "device-connected"
    page.goto(f"{demo.issuer}/end_session?client_id=demo-spa")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    yield "logout"
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("signed out")
    yield "signed-out"


def take(chromium: Browser, folder: Path) -> list[Path]:
    """All pictures; each look has a demo of its own, so that each is asked for consent."""
    taken = []
    for look, settings in LOOKS.items():
        with running_demo(PORT) as demo, chromium.new_context(**settings) as profile:
            page = profile.new_page()
            for name in pages(page, demo):
                path = folder / f"{name}-{look}.png"
                page.screenshot(path=path, animations="disabled", full_page=True, scale="css")
                taken.append(path)
    return taken


def take_pair(chromium: Browser, path: Path) -> Path:
    """The login page and the consent page side by side, for the top of the README."""
    narrow: dict[str, Any] = {"viewport": {"width": 440, "height": 780}, "color_scheme": "light"}
    with running_demo(PORT) as demo, chromium.new_context(**narrow) as profile:
        page = profile.new_page()
        page.goto(authorize_url(demo, scope="openid profile notes:read"))
        expect(page.get_by_label("Password")).to_be_visible()
        shots = [page.screenshot()]
        type_credentials(page)
        expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
        shots.append(page.screenshot(full_page=True))
        images = "".join(f'<img src="data:image/png;base64,{b64encode(shot).decode()}">' for shot in shots)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page = profile.new_page()  # one without the server's policy, which lets no picture in
        page.set_viewport_size({"width": 880, "height": 780})
        page.set_content(
            f'<body style="margin:0;display:flex;align-items:start;background:{ground}">{images}'
        )
        page.screenshot(path=path, full_page=True)
    return path


def take_mirrored(chromium: Browser, folder: Path) -> list[Path]:
    """The login page and the consent page for who reads Arabic, whatever is said on them."""
    taken = []
    with running_demo(PORT) as demo, chromium.new_context(**LOOKS["light"], locale="ar") as profile:
        page = profile.new_page()
        page.goto(authorize_url(demo, scope="openid profile notes:read"))
        for name in ("login", "consent"):
            expect(page.locator("html[dir=rtl] main form")).not_to_have_count(0)
            taken.append(folder / f"{name}-arabic.png")
            page.screenshot(path=taken[-1], animations="disabled", full_page=True, scale="css")
            if name == "login":
                page.locator("#login").fill(LOGIN)
                page.locator("#password").fill(PASSWORD)
                page.locator("button[value=sign_in]").click()
                expect(page.locator("button[value=allow]")).to_be_visible()
    return taken


def take_playground(chromium: Browser, path: Path) -> Path:
    """A flow broken on purpose, and how it was refused, for docs/flows.md."""
    desk: dict[str, Any] = {"viewport": {"width": 1120, "height": 1200}, "color_scheme": "light"}
    with running_demo(PORT) as demo, chromium.new_context(**desk) as profile:
        page = profile.new_page()
        open_flow(page, demo, "code")
        run(page, "verifier")
        page.evaluate("scrollTo(0, 0)")
        # The list of flows and the steps below stay out.
        main, figure = (page.locator(one).bounding_box() for one in ("main", "figure"))
        assert main is not None
        assert figure is not None
        main["height"] = figure["y"] + figure["height"] - main["y"]
        page.screenshot(path=path, animations="disabled", clip=main)
    return path


def main() -> int:
    """Writes the pictures; 1 where one is larger than a documentation page should carry."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with running_chromium() as chromium:
        taken = [
            *take(chromium, IMAGES),
            take_pair(chromium, IMAGES / "login.png"),
            *take_mirrored(chromium, IMAGES),
            take_playground(chromium, IMAGES / "playground.png"),
        ]
    too_large = [path for path in taken if path.stat().st_size > LARGEST_KB * 1024]
    for path in taken:
        mark = "  too large" if path in too_large else ""
        sys.stdout.write(f"{path.stat().st_size / 1024:6.1f} KB  {path.relative_to(ROOT)}{mark}\n")
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
