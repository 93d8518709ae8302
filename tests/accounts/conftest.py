"""Every test signs in from an address of its own: wrong passwords count by source too."""

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller, HttpTransport, LambdaTransport
from tests.support.networks import new_address
from tests.support.tenant import Tenant


@pytest.fixture
def source_ip(request: pytest.FixtureRequest) -> str:
    return new_address(over_http=request.config.getoption("--transport") == "http")


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
