"""RFC 6749 section 4.1: the authorization code grant, from the request to the tokens."""

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, verified
from tests.support.http import Caller
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec


@spec("RFC6749-4.1")
def test_person_signs_in_and_app_gets_tokens(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    app = ClientApp(tenant.public_client(), caller)
    person = tenant.person()
    answer = browser.authorize(person, app.request())
    assert answer.query["state"] == "a state"
    assert answer.query["iss"] == caller.issuer
    tokens = app.redeem(answer.query["code"]).json
    claims = verified(tokens["access_token"], caller, audience=API)
    assert claims["sub"] == person.sub
    assert verified(tokens["id_token"], caller, audience=app.client.client_id)["nonce"] == "a nonce"
