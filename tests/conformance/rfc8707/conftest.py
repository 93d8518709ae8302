"""Two resource servers, and a client that knows the scopes of both."""

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.visit import Visit, visit


@pytest.fixture(autouse=True)
def servers(tenant: Tenant) -> None:
    tenant.resource_server(API)
    tenant.resource_server(OTHER_API)


@pytest.fixture
def visitor(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant, tenant.client())


@pytest.fixture
def service(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(tenant.client(), caller)
