"""Clients with a web server on loopback, and a person who signs in."""

from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.logout_receiver import Logouts, Receiver
from tests.support.origin import Origin
from tests.support.tenant import Person, Tenant


@pytest.fixture
def logouts(stack: LocalStack, origin: Origin, tenant: Tenant, caller: Caller) -> Iterator[Logouts]:
    """Nothing of another test is waiting, and nothing is left waiting."""
    stack.later.forget()
    yield Logouts(stack, origin, tenant, caller)
    stack.later.forget()


@pytest.fixture
def receiver(logouts: Logouts) -> Receiver:
    return logouts.receiver()


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()
