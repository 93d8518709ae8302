"""One Chromium for all browser tests of a process, and a fresh profile for each."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.browser.chromium import DESKTOP, PATIENCE_MS, running_chromium

NewProfile = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture
def new_profile(chromium: Chromium) -> Iterator[NewProfile]:
    """Opens profiles without cookies. What a page's policy blocks or a script throws fails the test."""
    profiles: list[BrowserContext] = []
    faults: list[str] = []

    def watch(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def open_profile(**settings: Any) -> BrowserContext:
        profile = chromium.new_context(**{**DESKTOP, **settings})
        profile.set_default_timeout(PATIENCE_MS)
        profile.on("console", watch)
        profile.on("weberror", lambda error: faults.append(str(error.error)))
        profiles.append(profile)
        return profile

    yield open_profile
    for profile in profiles:
        profile.close()
    assert faults == []


@pytest.fixture
def page(new_profile: NewProfile) -> Page:
    """A tab of a fresh profile on a desk."""
    return new_profile().new_page()
