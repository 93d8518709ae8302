"""A person who is signed in and has consented, at the door of every test."""

import itertools

import pytest

from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

_numbers = itertools.count(1)


@pytest.fixture
def known(caller: Caller, tenant: Tenant) -> Visit:
    """An app of its own for each test, before a person whose session all tests share: sign nobody in
    again with it.
    """
    return visit(caller, tenant, tenant.public_client())


@pytest.fixture
def path() -> str:
    """One that nothing else is at."""
    return f"/request-object-{next(_numbers)}"
