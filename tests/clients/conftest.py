"""What a client nobody here wrote works with, and a person at a browser beside it."""

import pytest

from tests.support.browser import Browser
from tests.support.demo import LOGIN, PASSWORD, Demo
from tests.support.http import Caller, HttpTransport
from tests.support.tenant import Person

ADA = Person("ada", LOGIN, PASSWORD)


@pytest.fixture
def ada() -> Person:
    """The demo's person."""
    return ADA


@pytest.fixture
def demo_browser(demo: Demo) -> Browser:
    """A browser without cookies, at the demo."""
    return Browser(Caller(HttpTransport(demo.issuer)))
