"""A resource server that asks for signed answers, and a token for it."""

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.introspection import Api
from tests.support.tenant import Tenant


@pytest.fixture
def api(caller: Caller, tenant: Tenant) -> Api:
    return Api(tenant.resource_server()[1], caller)


@pytest.fixture
def token(caller: Caller, tenant: Tenant) -> str:
    answer = ClientApp(tenant.client(), caller).token({"grant_type": "client_credentials", "scope": "read"})
    access_token: str = answer.json["access_token"]
    return access_token
