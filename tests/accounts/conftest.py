"""Every test signs in from an address of its own: wrong passwords count by source too."""

import itertools

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller, HttpTransport, LambdaTransport
from tests.support.tenant import Tenant

_numbers = itertools.count(1)


@pytest.fixture
def source_ip(request: pytest.FixtureRequest) -> str:
    """An address nobody called from before: of the benchmarking network, or of loopback over HTTP."""
    high, low = divmod(next(_numbers), 250)
    network = "127.1" if request.config.getoption("--transport") == "http" else "198.18"
    return f"{network}.{high}.{low + 1}"


@pytest.fixture
def caller(stack: LocalStack, request: pytest.FixtureRequest, source_ip: str) -> Caller:
    over_http = request.config.getoption("--transport") == "http"
    transport = HttpTransport(stack.issuer, source_ip) if over_http else LambdaTransport(stack, source_ip)
    return Caller(transport)


@pytest.fixture
def app(caller: Caller, tenant: Tenant) -> ClientApp:
    """A single-page app."""
    return ClientApp(tenant.public_client(), caller)


@pytest.fixture
def at_login(browser: Browser, app: ClientApp) -> Browser:
    """A new browser on the login page."""
    browser.open("/authorize", app.request())
    assert browser.at("/login")
    return browser
