"""OpenID Connect Core section 3.1.2.1: display, the kind of window the pages are shown in."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    ("display", "shown"),
    [
        ("page", "page"),
        ("popup", "popup"),
        ("touch", "touch"),
        ("wap", "page"),
        ("hologram", "page"),
        ('"><script>', "page"),
        (None, "page"),
    ],
)
def test_every_page_of_a_sign_in_is_shown_as_asked(
    caller: Caller, tenant: Tenant, display: str | None, shown: str
) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    person = tenant.person()
    pages = [
        browser.open("/authorize", app.request(display=display)),
        browser.sign_in(person, password="wrong"),
        browser.sign_in(person),
    ]
    for page in pages:
        assert f'dir="ltr" class="{shown}">' in page.body
    assert browser.consent().query["code"]
