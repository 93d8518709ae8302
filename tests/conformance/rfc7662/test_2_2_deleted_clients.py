"""RFC 7662 section 2.2, RFC 7592 section 2.3: a deleted client's tokens end with it."""

import os
import time

from chalicelib.aws.registries import ClientRegistry
from chalicelib.record import replace
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.code_use import live_at, the_api
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


@spec("RFC7662-2.2")
def test_the_tokens_of_a_deleted_client_are_inactive(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    here, api = Visit(ClientApp(tenant.client(), caller), browser, tenant.person(), tenant), the_api(tenant)
    tokens = here.app.tokens(browser, here.person, scope="openid read offline_access")
    own = here.app.token({"grant_type": "client_credentials", "scope": "read"}).json
    ask = {"token": own["access_token"]}
    assert live_at(here, tokens, api) == (True, True)
    assert caller.post("/introspect", ask, auth=api).json["active"] is True
    ClientRegistry(os.environ["CLIENTS_TABLE"]).remove(here.app.client.client_id, revision=None)
    assert live_at(here, tokens, api) == (False, False)
    assert caller.post("/introspect", ask, auth=api).json == {"active": False}


@spec("RFC7662-2.2")
def test_another_client_of_the_same_client_id_has_none_of_them(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client(rotate_refresh_tokens=False)
    here, api = visit(caller, tenant, client), the_api(tenant)
    tokens = here.app.redeem(here.code(scope="openid read offline_access")).json
    assert here.app.refresh(tokens["refresh_token"]).status == 200
    # Ten seconds from now, so that the clocks' tolerance is over.
    tenant.put_client(replace(client, client_id_issued_at=int(time.time()) + 10))
    assert live_at(here, tokens, api) == (False, False)
    with changed_environment():
        refused = here.app.refresh(tokens["refresh_token"])
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
