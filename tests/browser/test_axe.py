"""Every page, looked at by axe-core in Chromium: light and dark, on a desk and a phone, mirrored or not.

Names of rules: https://dequeuniversity.com/rules/axe/.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from chalicelib.pages.look import Look
from tests.pages.samples import PAGES, sample, unscripted
from tests.support.node_packages import node_packages

AXE = Path(__file__).with_name("axe")
DESK, PHONE, NARROW = ({"width": width, "height": 800} for width in (1000, 390, 320))
# WCAG's rules, and axe's own of good practice.
LOOKS: dict[str, tuple[Look, dict[str, Any], dict[str, int]]] = {
    "light": (Look("en"), {"color_scheme": "light"}, DESK),
    "dark, right to left": (Look("ar"), {"color_scheme": "dark"}, DESK),
    "a phone, for fingers": (Look("de", "touch"), {"color_scheme": "light"}, PHONE),
    "a small popup": (Look("ja", "popup"), {"color_scheme": "dark"}, NARROW),
}


@pytest.fixture(scope="module")
def tab(chromium: Chromium) -> Iterator[Page]:
    """One tab for all pages, with axe in each."""
    source = (node_packages(AXE) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with chromium.new_context(service_workers="block") as profile:
        page = profile.new_page()
        # Nothing is fetched: a page is all there is.
        page.route("**/*", lambda route: route.abort())
        page.evaluate(source)
        yield page


def violations(tab: Page, html: str) -> dict[str, list[str]]:
    """The rules a page breaks, and where."""
    tab.evaluate("html => { document.open(); document.write(html); document.close(); }", html)
    result = tab.evaluate("() => axe.run(document, {resultTypes: ['violations'], iframes: false})")
    assert result["passes"]
    return {
        one["id"]: [f"{node['html']}: {node['failureSummary']}" for node in one["nodes"]]
        for one in result["violations"]
    }


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_nobody_out(tab: Page, name: str) -> None:
    found = {}
    for look, (language, media, size) in LOOKS.items():
        tab.emulate_media(**media)
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        found[look] = violations(tab, unscripted(name, language))
        # Nothing is wider than the screen (WCAG 1.4.10).
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
    assert found == {look: {} for look in LOOKS}


def test_axe_finds_what_is_wrong(tab: Page) -> None:
    html = sample("login").html
    tab.emulate_media(color_scheme="light")
    for right, wrong, rule in (
        ('<label for="password">', "<label>", "label"),
        ('<html lang="en"', "<html", "html-has-lang"),
        ("--ink: #141b27", "--ink: #b0b0b0", "color-contrast"),
    ):
        assert right in html
        assert rule in violations(tab, html.replace(right, wrong))
