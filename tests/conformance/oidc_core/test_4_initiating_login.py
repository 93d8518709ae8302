"""OpenID Connect Core section 4: where a sign-in can only begin anew, the app begins it."""

import re
from html import unescape
from urllib.parse import parse_qs, quote

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec


def completed(caller: Caller, tenant: Tenant, browser: Browser, uri: str | None) -> tuple[ClientApp, Answer]:
    """A person who goes back to a sign-in that is over."""
    app = ClientApp(tenant.public_client(initiate_login_uri=uri), caller)
    browser.open("/authorize", app.request(state="spent"))
    browser.sign_in(tenant.person())
    interaction = browser.url.partition("interaction=")[2]
    browser.consent()
    return app, browser.open(f"/authorize/resume?interaction={interaction}")


@spec("OIDC-Core-4")
@pytest.mark.parametrize(
    ("uri", "separator"), [("https://app.example.com/login", "?"), ("https://app.example.com/?go=1", "&amp;")]
)
def test_a_sign_in_that_is_over_is_begun_again_at_the_app(
    caller: Caller, tenant: Tenant, browser: Browser, uri: str, separator: str
) -> None:
    """With `iss`, so that the app knows which of its servers asks."""
    _, page = completed(caller, tenant, browser, uri)
    assert page.status == 400
    assert f'href="{uri}{separator}iss={quote(caller.issuer, safe="")}"' in page.body
    assert "state=spent" not in page.body


@spec("OIDC-Core-4")
def test_an_app_that_has_no_such_place_is_asked_the_same_again(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, page = completed(caller, tenant, browser, None)
    assert page.status == 400
    (query,) = re.findall(r'href="/authorize\?([^"]*)"', page.body)
    assert parse_qs(unescape(query))["client_id"] == [app.client.client_id]
