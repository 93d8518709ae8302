"""A person who is signed in and has consented, at the door of every test."""

import pytest

from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit


@pytest.fixture
def known(caller: Caller, tenant: Tenant) -> Visit:
    """An app of its own for each test, before a person whose session all tests share: sign nobody in
    again with it.
    """
    return visit(caller, tenant, tenant.public_client())
