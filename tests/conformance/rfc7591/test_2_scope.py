"""RFC 7591 section 2, `scope`: what clients may ask for that nobody of the tenant has looked at."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp, unverified
from tests.support.device import device, device_client
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, assert_refused, last_log
from tests.support.registration import NATIVE, OPEN_API, Registrar, app_of
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written


@pytest.fixture(autouse=True)
def servers(tenant: Tenant) -> None:
    """The tenant's own audience is closed to such clients, another API is open."""
    tenant.resource_server(API)
    tenant.resource_server(OPEN_API, open_to_unverified_clients=True, scopes={"other:read": "Read"})


@pytest.fixture
def stranger(caller: Caller, tenant: Tenant, here: Visit) -> Visit:
    """Somebody signed in before an app that registered itself, and was registered with no scope."""
    client = tenant.public_client(registration="dynamic", scope=())
    return Visit(ClientApp(client, caller), here.browser, here.person, tenant)


def token(stranger: Visit, **changes: Any) -> dict[str, Any]:
    answer = stranger.browser.authorize(stranger.person, stranger.app.request(**changes))
    tokens = stranger.app.redeem(answer.query["code"]).json
    claims = unverified(tokens["access_token"])[1]
    if "refresh_token" in tokens:
        again = stranger.app.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
        assert unverified(again.json["access_token"])[1]["aud"] == claims["aud"]
    return claims


@spec("RFC7591-2")
def test_without_a_scope_it_may_ask_for_all_of_an_open_resource(stranger: Visit) -> None:
    claims = token(stranger, scope="openid other:read offline_access", resource=OPEN_API)
    assert claims["scope"] == "openid other:read offline_access"
    assert token(stranger, scope=None, resource=OPEN_API)["scope"] == "other:read"


@spec("RFC7591-2")
def test_a_closed_resource_is_not_for_it(
    stranger: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_written(stack):
        answer = stranger.answer(scope="read", resource=API)
    assert_refused(answer, stranger.app, "invalid_target")
    assert last_log(capsys)["reason"] == "resource_not_allowed"


@spec("RFC7591-2")
def test_the_tenants_own_audience_is_not_for_it_unasked(stranger: Visit) -> None:
    """Its token opens the userinfo endpoint and nothing else."""
    issuer = stranger.app.caller.issuer
    claims = token(stranger, scope="openid profile offline_access read")
    assert (claims["aud"], claims["scope"]) == (issuer, "openid profile offline_access")
    answer = stranger.answer(scope="read")
    assert_refused(answer, stranger.app, "invalid_scope")


@spec("RFC7591-2")
@pytest.mark.parametrize("registered", [(), ("openid", "phone", "address")])
def test_where_people_live_and_how_to_call_them_is_theirs_to_tell(
    caller: Caller, tenant: Tenant, here: Visit, registered: Any
) -> None:
    app = ClientApp(tenant.public_client(registration="metadata_document", scope=registered), caller)
    page = here.browser.open("/authorize", app.request(scope="openid phone address"))
    assert "See your phone number" in page.body
    assert "See your postal address" in page.body
    assert "Not verified" in page.body
    claims = unverified(app.redeem(here.browser.consent().query["code"]).json["access_token"])[1]
    assert claims["scope"] == "openid phone address"


@spec("RFC7591-2")
def test_a_registered_scope_is_all_it_may_ask_for(caller: Caller, tenant: Tenant, here: Visit) -> None:
    app = ClientApp(tenant.public_client(registration="dynamic", scope=("openid",)), caller)
    answer = here.browser.open("/authorize", app.request(scope="openid other:read", resource=OPEN_API))
    assert_refused(answer, app, "invalid_scope")


@spec("RFC7591-2")
def test_devices_and_services_have_the_same_bounds(caller: Caller, tenant: Tenant) -> None:
    tv = device(caller, tenant, device_client(tenant, registration="dynamic", scope=()))
    assert_json_error(tv.authorize(scope="read", resource=API), "invalid_target")
    assert tv.authorize(scope="other:read", resource=OPEN_API).status == 200
    service = ClientApp(
        tenant.client(registration="dynamic", scope=(), grant_types=("client_credentials",)), caller
    )
    grant = {"grant_type": "client_credentials"}
    assert_json_error(service.token({**grant, "resource": API}), "invalid_target")
    answer = service.token({**grant, "resource": OPEN_API})
    assert unverified(answer.json["access_token"])[1]["scope"] == "other:read"
    assert_json_error(service.token({**grant, "scope": "read"}), "invalid_scope")


@spec("RFC7591-2")
def test_its_own_word_for_less_does_not_keep_it_from_asking_for_more_later(
    registrar: Registrar, here: Visit
) -> None:
    """As MCP clients do: they register with the scope of the first challenge, and meet another."""
    found = registrar.registered(NATIVE, scope="openid")
    assert "scope" not in found
    app = app_of(found, here.app.caller)
    request = app.request(scope="openid other:read", resource=OPEN_API)
    code = here.browser.authorize(here.person, request).query["code"]
    token = app.redeem(code).json["access_token"]
    assert unverified(token)[1]["scope"] == "openid other:read"
