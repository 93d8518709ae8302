"""Where most tests of a specification start from."""

import itertools

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller, HttpTransport, LambdaTransport
from tests.support.publisher import Publisher, trusted_publisher
from tests.support.registration import Registrar
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

_numbers = itertools.count(1)


@pytest.fixture
def registrar(stack: LocalStack, request: pytest.FixtureRequest) -> Registrar:
    """Somebody who registers clients, from an address nobody did from before: they count by source."""
    high, low = divmod(next(_numbers), 250)
    over_http = request.config.getoption("--transport") == "http" or request.config.getoption("--stack")
    if over_http:
        return Registrar(Caller(HttpTransport(stack.issuer, f"127.2.{high}.{low + 1}")))
    return Registrar(Caller(LambdaTransport(stack, f"198.19.{high}.{low + 1}")))


@pytest.fixture
def publisher(stack: LocalStack) -> Publisher:
    """A publisher of software that the tenant trusts."""
    del stack
    return trusted_publisher()


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    """A signed-in person before a public app they consented to."""
    return visit(caller, tenant)
