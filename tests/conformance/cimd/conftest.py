"""A client's own web server, which the tenant lets be on loopback and without TLS."""

import pytest

from tests.support.client_documents import OPEN, Publisher
from tests.support.origin import Origin
from tests.support.tenant import Tenant


@pytest.fixture
def publisher(origin: Origin, tenant: Tenant) -> Publisher:
    """Publishes documents; there is a server that is open to clients nobody has looked at."""
    tenant.resource_server(OPEN, open_to_unverified_clients=True)
    return Publisher(origin, tenant)
