"""RFC 8628 section 1: the flow from end to end."""

from tests.support.browser import Browser
from tests.support.client_app import verified
from tests.support.device import Device, connect
from tests.support.refusal import assert_json_error
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec


@spec("RFC8628-1")
def test_a_person_connects_a_device_by_typing_its_code(tv: Device, browser: Browser, tenant: Tenant) -> None:
    person = tenant.person()
    tv.ask()
    assert_json_error(tv.poll(), "authorization_pending")
    assert "Your device is connected" in connect(browser, person, tv.user_code).body
    tokens = tv.tokens()
    claims = verified(tokens["access_token"], browser.caller, audience=API)
    assert (claims["sub"], claims["client_id"]) == (person.sub, tv.app.client.client_id)
    assert claims["scope"] == tokens["scope"] == "openid profile offline_access read"
    identity = verified(tokens["id_token"], browser.caller, audience=tv.app.client.client_id)
    assert identity["sub"] == person.sub
    renewed = tv.app.refresh(tokens["refresh_token"])
    assert renewed.status == 200
