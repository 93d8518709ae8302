"""Every page in each of its states, in every language and look, to be looked at: `make screenshots` writes
build/pages, a picture of all pages for each language and look.
"""

import sys
from base64 import b64encode
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from chalicelib.pages.look import Look
from chalicelib.protocol.supported import UI_LOCALES
from tests.browser.chromium import running_chromium
from tests.pages.samples import PAGES, unscripted
from tests.support.demo import ROOT

FOLDER = ROOT / "build" / "pages"
COLUMNS = 9
SHEET: dict[str, Any] = {"viewport": {"width": 220 * COLUMNS, "height": 400}}
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "light": ("page", {"viewport": {"width": 560, "height": 400}, "color_scheme": "light"}),
    "dark": ("page", {"viewport": {"width": 560, "height": 400}, "color_scheme": "dark"}),
    "phone": ("touch", {"viewport": {"width": 390, "height": 600}, "color_scheme": "light"}),
    "popup": ("popup", {"viewport": {"width": 320, "height": 500}, "color_scheme": "light"}),
}


def take(chromium: Browser, path: Path, language: str, look: str) -> None:
    """All pages in one picture."""
    display, settings = LOOKS[look]
    images = ""
    with chromium.new_context(**settings) as profile:
        page = profile.new_page()
        for name in PAGES:
            page.set_content(unscripted(name, Look(language, display)))
            shot = b64encode(page.screenshot(full_page=True, animations="disabled")).decode()
            images += f'<img alt="{name}" style="width:100%" src="data:image/png;base64,{shot}">'
    grid = f"display:grid;grid-template-columns:repeat({COLUMNS},1fr);align-items:start;gap:2px"
    with chromium.new_context(**SHEET) as profile:
        page = profile.new_page()
        page.set_content(f'<body style="margin:0;background:#888;{grid}">{images}')
        page.screenshot(path=path, full_page=True)


def main() -> int:
    """Writes the pictures and says where they are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_chromium() as chromium:
        for language, look in product(UI_LOCALES, LOOKS):
            path = FOLDER / f"{language}-{look}.png"
            take(chromium, path, language, look)
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
