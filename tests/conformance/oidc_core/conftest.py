"""A person who is signed in and has consented, at the door of every test."""

import itertools
from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

_numbers = itertools.count(1)


@pytest.fixture
def known(caller: Caller, tenant: Tenant) -> Visit:
    """An app of its own for each test, before a person whose session all tests share: sign nobody in
    again with it.
    """
    return visit(caller, tenant, tenant.public_client())


@pytest.fixture(scope="module")
def origin(stack: LocalStack, own_origin: Origin | None) -> Iterator[Origin]:
    """The client's own web server, which the tenant lets be on loopback."""
    del stack
    if own_origin is not None:
        yield own_origin
        return
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        yield origin


@pytest.fixture
def path() -> str:
    """One that nothing else is at."""
    return f"/request-object-{next(_numbers)}"
