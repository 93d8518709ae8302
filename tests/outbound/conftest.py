"""A web server on loopback, and an authority whose certificates are trusted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority, authority
from tests.support.environment import changed_environment
from tests.support.origin import Origin


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@pytest.fixture
def trusted(tmp_path: Path) -> Iterator[Authority]:
    """An authority whose certificates this process trusts."""
    made = authority(tmp_path)
    with changed_environment(SSL_CERT_FILE=str(made.path)):
        yield made
