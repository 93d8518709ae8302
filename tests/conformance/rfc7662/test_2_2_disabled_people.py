"""RFC 7662 section 2.2: a token counts only while its person does."""

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec


@spec("RFC7662-2.2")
def test_the_tokens_of_a_disabled_person_are_inactive(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    _, api = tenant.resource_server()
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    token = app.tokens(browser, person, scope="read")["access_token"]
    ask = {"token": token}
    assert caller.post("/introspect", ask, auth=(api.client_id, SECRET)).json["active"] is True
    tenant.disable(person)
    assert caller.post("/introspect", ask, auth=(api.client_id, SECRET)).json == {"active": False}
