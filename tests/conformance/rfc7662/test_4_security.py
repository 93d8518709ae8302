"""RFC 7662 section 4: nobody learns of a token that is not meant for them."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.refusal import last_log
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec

INACTIVE = '{"active":false}'


@spec("RFC7662-4")
def test_a_resource_server_learns_nothing_of_anothers_tokens(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    api = ClientApp(tenant.resource_server(API)[1], caller)
    other = ClientApp(tenant.resource_server(OTHER_API)[1], caller)
    service = ClientApp(tenant.client(), caller)
    answer = service.token({"grant_type": "client_credentials", "resource": OTHER_API})
    asked = {"token": answer.json["access_token"]}
    assert other.post("/introspect", asked).json["active"] is True
    assert api.post("/introspect", asked).body == INACTIVE
    assert last_log(capsys, asked["token"])["reason"] == "token_of_another"


@spec("RFC7662-4")
def test_each_resource_server_of_a_token_learns_of_it(caller: Caller, tenant: Tenant) -> None:
    servers = [ClientApp(tenant.resource_server(uri)[1], caller) for uri in (API, OTHER_API)]
    service = ClientApp(tenant.client(), caller)
    answer = service.token({"grant_type": "client_credentials", "resource": [API, OTHER_API]})
    for server in servers:
        told = server.post("/introspect", {"token": answer.json["access_token"]}).json
        assert (told["active"], told["aud"]) == (True, [API, OTHER_API])


@spec("RFC7662-4")
def test_a_client_that_is_no_resource_server_learns_nothing_even_of_its_own_token(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app = ClientApp(tenant.client(), caller)
    tokens = app.tokens(browser, tenant.person())
    for token in (tokens["access_token"], tokens["refresh_token"], tokens["id_token"]):
        assert app.post("/introspect", {"token": token}).body == INACTIVE


@spec("RFC7662-4")
def test_a_name_that_is_like_the_audience_is_not_it(caller: Caller, tenant: Tenant) -> None:
    token = (
        ClientApp(tenant.client(), caller).token({"grant_type": "client_credentials"}).json["access_token"]
    )
    for resources in ((API.rstrip("/"),), (API + "more",), (API.upper(),), ()):
        client = tenant.client(grant_types=(), redirect_uris=(), resources=resources)
        assert ClientApp(client, caller).post("/introspect", {"token": token}).body == INACTIVE
