"""draft-ietf-oauth-client-id-metadata-document section 8.5: people see where an app comes from."""

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher
from tests.support.device import Device, enter
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("CIMD-8.5")
def test_the_host_of_the_client_id_is_shown_and_not_the_website_it_claims(
    caller: Caller, tenant: Tenant, publisher: Publisher
) -> None:
    browser = Browser(caller)
    app = ClientApp(publisher.publish(client_name="Your bank", client_uri="https://bank.example/"), caller)
    host = publisher.origin.address.removeprefix("http://")
    for page in (browser.open("/authorize", app.request()), browser.sign_in(tenant.person())):
        assert "Not verified." in page.body
        assert f"<bdi>{host}</bdi>" in page.body
        assert "bank.example" not in page.body
    # MCP authorization: the host it returns to, as well.
    assert browser.at("/consent")
    assert browser.page is not None
    assert "app.example.com" in browser.page.body


@spec("CIMD-8.5")
def test_a_device_page_shows_it_too(
    caller: Caller, tenant: Tenant, here: Visit, publisher: Publisher
) -> None:
    client = publisher.publish(
        grant_types=["urn:ietf:params:oauth:grant-type:device_code"], client_uri="https://bank.example/"
    )
    tv = Device(ClientApp(client, caller), tenant).ask(scope="openid profile")
    page = enter(here.browser, tv.user_code)
    assert f"<bdi>{publisher.origin.address.removeprefix('http://')}</bdi>" in page.body
    assert "bank.example" not in page.body


@spec("CIMD-8.8")
def test_a_logo_is_neither_shown_nor_fetched(caller: Caller, here: Visit, publisher: Publisher) -> None:
    logo = publisher.url()
    app = ClientApp(publisher.publish(logo_uri=logo), caller)
    page = here.browser.open("/authorize", app.request(scope="openid"))
    assert here.browser.at("/consent")
    assert logo not in page.body
    assert publisher.fetched(logo) == 0


@spec("CIMD-8.5")
@spec("OIDC-RPInitiated-3")
def test_a_link_to_signing_out_leads_nobody_to_an_apps_site_unasked(
    caller: Caller, tenant: Tenant, publisher: Publisher, browser: Browser
) -> None:
    """Whoever published the app signed in there themselves, and sends others the ID token in a link."""
    site = "https://app.example.com/signed-out"
    client = publisher.publish(post_logout_redirect_uris=[site])
    app, own = ClientApp(client, caller), Browser(caller)
    hint = app.tokens(own, tenant.person(), scope="openid")["id_token"]
    fields = {"id_token_hint": hint, "post_logout_redirect_uri": site}
    page = browser.open("/end_session", fields)
    assert (page.status, "location" in page.headers) == (200, False)
    assert f'href="{site}"' in page.body
    assert "Go back to app.example.com" in page.body
    # In the browser whose session it is of, it is the app that asks.
    assert own.open("/end_session", fields).location == site
