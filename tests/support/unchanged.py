"""What a refused request leaves as it was: every item of every table."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.tenant import Tenant


@contextmanager
def unchanged() -> Iterator[None]:
    """Nothing is written meanwhile, wherever the tables are."""
    before = Tenant().snapshot()
    yield
    assert Tenant().snapshot() == before
