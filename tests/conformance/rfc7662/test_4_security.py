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
@pytest.mark.parametrize(("uri", "scope"), [(API, "read write"), (OTHER_API, "other:read")])
def test_each_resource_server_of_a_token_learns_what_is_its_own(
    caller: Caller, tenant: Tenant, uri: str, scope: str
) -> None:
    """Section 5: not who else it is for, and not what it gives there."""
    servers = {one: ClientApp(tenant.resource_server(one)[1], caller) for one in (API, OTHER_API)}
    service = ClientApp(tenant.client(), caller)
    answer = service.token({"grant_type": "client_credentials", "resource": [API, OTHER_API]})
    told = servers[uri].post("/introspect", {"token": answer.json["access_token"]})
    assert (told.json["active"], told.json["aud"], told.json["scope"]) == (True, uri, scope)
    assert told.body.count("https://") == 1, told.body


@spec("RFC7662-5")
def test_who_is_several_resource_servers_learns_of_all_of_them(caller: Caller, tenant: Tenant) -> None:
    uris = (API, OTHER_API, "https://third.example/")
    for uri in uris:
        tenant.resource_server(uri, **({} if uri in {API, OTHER_API} else {"scopes": {"third": "Third"}}))
    both = tenant.client(grant_types=(), redirect_uris=(), scope=(), resources=(OTHER_API, API))
    service = ClientApp(tenant.client(scope=("read", "other:read", "third")), caller)
    answer = service.token({"grant_type": "client_credentials", "resource": list(uris)})
    told = ClientApp(both, caller).post("/introspect", {"token": answer.json["access_token"]}).json
    assert (told["aud"], told["scope"]) == ([API, OTHER_API], "read other:read")


@spec("RFC7662-5")
def test_a_token_that_gives_nothing_here_has_no_scope_here(caller: Caller, tenant: Tenant) -> None:
    api = ClientApp(tenant.resource_server(API)[1], caller)
    tenant.resource_server(OTHER_API)
    service = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "resource": [API, OTHER_API], "scope": "other:read"}
    told = api.post("/introspect", {"token": service.token(fields).json["access_token"]}).json
    assert (told["active"], told["aud"]) == (True, API)
    assert "scope" not in told


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
