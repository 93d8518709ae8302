"""RFC 8707 section 2 meets consent: one scope value at two resources is two permissions."""

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec

ONE, OTHER = "https://one.example.com/", "https://other.example.com/"
READS, READS_OTHERS = "https://reads.example.com/", "https://reads-others.example.com/"


def two_servers(tenant: Tenant) -> None:
    tenant.resource_server(ONE, scopes={"read": "Read at one", "write": "Delete everything at one"})
    tenant.resource_server(OTHER, scopes={"read": "Read at the other", "write": "Write at the other"})


@spec("OIDC-Core-3.1.2.4")
def test_a_scope_allowed_at_one_resource_is_asked_again_at_another(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    two_servers(tenant)
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request(scope="read", resource=ONE))
    browser.authorize(person, app.request(scope="write", resource=OTHER))
    browser.open("/authorize", app.request(scope="write", resource=ONE))
    assert browser.at("/consent")
    silent = browser.open("/authorize", app.request(scope="write", resource=ONE, prompt="none"))
    assert silent.query["error"] == "consent_required"


@spec("OIDC-Core-3.1.2.4")
def test_what_was_allowed_at_each_resource_is_not_asked_again(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    two_servers(tenant)
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    browser.authorize(person, app.request(scope="openid read", resource=ONE))
    browser.authorize(person, app.request(scope="write", resource=OTHER))
    for scope, resource in (("read", ONE), ("openid", ONE), ("write", OTHER), ("openid write", OTHER)):
        again = browser.open("/authorize", app.request(scope=scope, resource=resource, prompt="none"))
        assert "code" in again.query, (scope, resource)


@spec("RFC8707-2")
def test_each_resources_own_words_are_shown(caller: Caller, tenant: Tenant, browser: Browser) -> None:
    two_servers(tenant)
    app = ClientApp(tenant.public_client(), caller)
    browser.open("/authorize", app.request(scope="write", resource=[ONE, OTHER]))
    page = browser.sign_in(tenant.person())
    assert browser.at("/consent")
    assert "Delete everything at one" in page.body
    assert "Write at the other" in page.body


@spec("RFC8707-2")
def test_a_client_kept_to_some_resources_gets_no_other_by_naming_none(caller: Caller, tenant: Tenant) -> None:
    two_servers(tenant)
    app = ClientApp(tenant.client(allowed_resources=(ONE,)), caller)
    assert app.token({"grant_type": "client_credentials", "scope": "read"}).error == "invalid_target"
    allowed = app.token({"grant_type": "client_credentials", "scope": "read", "resource": ONE})
    assert allowed.status == 200


@spec("RFC6749-5.1")
def test_an_access_token_that_would_carry_none_of_the_scope_asked_is_refused(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    tenant.resource_server(READS, scopes={"read": "Read at one"})
    tenant.resource_server(READS_OTHERS, scopes={"other:read": "Read at the other"})
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    code = app.code(browser, person, scope="read other:read", resource=[READS, READS_OTHERS])
    assert app.redeem(code, scope="read", resource=READS_OTHERS).error == "invalid_scope"
    assert app.redeem(code, scope="read", resource=READS).json["scope"] == "read"
