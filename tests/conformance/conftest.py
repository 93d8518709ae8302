"""Where most tests of a specification start from."""

import pytest

from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    """A signed-in person before a public app they consented to."""
    return visit(caller, tenant)
