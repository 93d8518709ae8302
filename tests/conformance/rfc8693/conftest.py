"""Two APIs, and a person whose token the first of them got."""

import pytest

from tests.support.exchange import Middle, middle
from tests.support.http import Caller
from tests.support.tenant import OTHER_API, Tenant


@pytest.fixture
def api(caller: Caller, tenant: Tenant) -> Middle:
    tenant.resource_server(OTHER_API)
    return middle(caller, tenant)
