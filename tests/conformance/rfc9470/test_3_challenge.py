"""RFC 9470 sections 3 and 4: a challenge, what the app makes of it, and the token that will do, from end to
end with the package of examples/resource-server.
"""

import re
import time

import pytest

from infra.local.stack import LocalStack
from keyturn_resource_server import (
    Issuer,
    JwtAccessTokens,
    ProtectedResource,
    RefusedError,
    Request,
    ResourceServer,
    SignIn,
)
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.refusal import assert_refused
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec

ACR = "urn:keyturn:acr:pwd"


def challenge_of(server: ResourceServer, token: str, sign_in: SignIn) -> dict[str, str]:
    """The parameters of the challenge a call gets; none where it is served."""
    request = Request(method="DELETE", url=API, authorization=f"Bearer {token}")
    try:
        server.authorize(request, "read", sign_in=sign_in)
    except RefusedError as refused:
        told = dict(re.findall(r'([a-z_]+)="([^"]*)"', refused.headers["WWW-Authenticate"]))
        return {**told, "status": str(refused.status)}
    return {}


@pytest.fixture
def api(stack: LocalStack, tenant: Tenant) -> ResourceServer:
    tenant.resource_server()
    resource = ProtectedResource(resource=API, authorization_servers=(stack.issuer,))
    return ResourceServer(resource, JwtAccessTokens(Issuer(stack.issuer), API))


@spec("RFC9470-3")
@spec("RFC9470-4")
def test_a_challenge_leads_to_a_token_that_will_do(
    api: ResourceServer, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request(scope="read"))
    sessions = tenant.table("Sessions")
    sessions.change(sessions.find(sub=person.sub), auth_time=int(time.time()) - 3_600)
    old = app.redeem(browser.open("/authorize", app.request(scope="read")).query["code"]).json
    demanded = SignIn(acr_values=(ACR,), max_age=300)
    told = challenge_of(api, old["access_token"], demanded)
    assert (told["status"], told["error"]) == ("401", "insufficient_user_authentication")
    asked = {name: told[name] for name in ("acr_values", "max_age")}
    assert asked == {"acr_values": ACR, "max_age": "300"}
    browser.open("/authorize", app.request(scope="read", **asked))
    assert browser.at("/login")
    new = app.redeem(browser.sign_in(person).query["code"]).json
    assert challenge_of(api, new["access_token"], demanded) == {}


@spec("RFC9470-5")
def test_a_challenge_nobody_can_meet_ends_at_the_authorization_server(
    api: ResourceServer, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    token = app.tokens(browser, person, scope="read")["access_token"]
    told = challenge_of(api, token, SignIn(acr_values=("phrh",)))
    answer = browser.open("/authorize", app.request(scope="read", acr_values=told["acr_values"]))
    assert_refused(answer, app, "unmet_authentication_requirements")
