"""A client's own web server, which the tenant lets be on loopback and without TLS."""

from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.support.client_documents import OPEN, Publisher
from tests.support.environment import changed_environment
from tests.support.origin import Origin
from tests.support.tenant import Tenant


@pytest.fixture(scope="module")
def origin(stack: LocalStack, own_origin: Origin | None) -> Iterator[Origin]:
    del stack
    if own_origin is not None:
        yield own_origin
        return
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        yield origin


@pytest.fixture
def publisher(origin: Origin, tenant: Tenant) -> Publisher:
    """Publishes documents; there is a server that is open to clients nobody has looked at."""
    tenant.resource_server(OPEN, open_to_unverified_clients=True)
    return Publisher(origin, tenant)
