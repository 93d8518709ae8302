"""A session to end in each test, and one that no test may end."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.home import COOKIE, Home
from tests.support.http import Caller
from tests.support.tenant import LOGOUT_URI, Tenant
from tests.support.visit import visit

URIS = (LOGOUT_URI, "https://app.example.com/?a=b")


@pytest.fixture
def home(caller: Caller, tenant: Tenant, browser: Browser) -> Home:
    """A session of the test's own."""
    app, person = ClientApp(tenant.public_client(post_logout_redirect_uris=URIS), caller), tenant.person()
    tokens = app.tokens(browser, person)
    return Home(app, browser, person, tenant, tokens, browser.cookies[COOKIE])


@pytest.fixture
def kept(caller: Caller, tenant: Tenant) -> Home:
    """A session that many tests share, since what they do must not end it."""
    known = visit(caller, tenant, tenant.public_client(post_logout_redirect_uris=URIS))
    tokens = known.app.redeem(known.code()).json
    return Home(known.app, known.browser, known.person, tenant, tokens, known.browser.cookies[COOKIE])
