"""The cookies: what a browser is told of them, over TLS and on a laptop."""

from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, encode
from tests.support.issuers import issuer
from tests.support.tenant import Tenant
from tests.support.traceability import spec

SECURE_ISSUER = "https://login.example.com"


@pytest.fixture
def secure(stack: LocalStack, tenant: Tenant) -> Iterator[Caller]:
    """The stack as it is deployed: at an https issuer."""
    del tenant
    with issuer(stack, SECURE_ISSUER) as caller:
        yield caller


def cookie(answer: Answer) -> tuple[str, str, set[str]]:
    """Name, value and attributes of the one cookie set, but for what scripts see of a session
    (tests/conformance/oidc_session).
    """
    (line,) = (line for line in answer.cookies if "session_state=" not in line)
    pair, *attributes = line.split("; ")
    name, _, value = pair.partition("=")
    return name, value, {attribute.lower() for attribute in attributes}


def session_cookie(caller: Caller, tenant: Tenant) -> tuple[str, str, set[str]]:
    """The cookie a sign-in sets."""
    browser, person = Browser(caller), tenant.person()
    page = browser.open("/authorize", ClientApp(tenant.public_client(), caller).request())
    (form,) = [form for form in forms(page.body) if "password" in form.fields]
    fields = {**form.fields, "login": person.login, "password": person.password, "action": "sign_in"}
    return cookie(browser._send("POST", form.action, encode(fields).encode()))


@spec("RFC6265bis-4.1.3")
def test_over_tls_the_session_cookie_is_bound_to_this_host_and_hidden(secure: Caller, tenant: Tenant) -> None:
    name, value, attributes = session_cookie(secure, tenant)
    assert name == "__Host-session"
    # A Domain would undo __Host-; without Max-Age it ends with the browser.
    assert attributes == {"path=/", "httponly", "samesite=lax", "secure"}
    assert len(value.rpartition(".")[2]) == 43, "256 bits"


@spec("RFC6265bis-4.1.3")
def test_over_tls_the_browsers_mark_is_a_host_cookie_too(secure: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.public_client(), secure)
    name, value, attributes = cookie(secure.get("/authorize", app.request()))
    assert name == "__Host-browser"
    assert attributes == {"path=/", "httponly", "samesite=lax", "secure", f"max-age={400 * 86_400}"}
    assert len(value) == 43


def test_on_loopback_the_cookies_go_without_what_needs_tls(caller: Caller, tenant: Tenant) -> None:
    name, _, attributes = session_cookie(caller, tenant)
    assert name == "keyturn_session"
    assert attributes == {"path=/", "httponly", "samesite=lax"}


@spec("RFC6265bis-4.1.3")
@pytest.mark.parametrize("planted", ["keyturn_session", "session", "__host-session", "__Secure-session"])
def test_over_tls_a_cookie_a_neighbour_could_plant_is_not_read(
    secure: Caller, tenant: Tenant, planted: str
) -> None:
    app, browser = ClientApp(tenant.public_client(), secure), Browser(secure)
    browser.authorize(tenant.person(), app.request())
    good = browser.cookies["__Host-session"]
    silent = app.request(prompt="none")
    assert "code" in Browser(secure, {"__Host-session": good}).open("/authorize", silent).query
    answer = Browser(secure, {planted: good}).open("/authorize", silent)
    assert answer.query["error"] == "login_required"


def test_signing_out_takes_the_same_cookie_away(secure: Caller) -> None:
    shown = {"__Host-session": f"YWRh.{'s' * 43}"}
    name, value, attributes = cookie(secure.send("GET", "/end_session", cookies=shown))
    assert (name, value) == ("__Host-session", "")
    assert attributes == {"path=/", "httponly", "samesite=lax", "secure", "max-age=0"}


def test_a_whole_sign_in_works_over_tls_and_speaks_of_that_issuer(secure: Caller, tenant: Tenant) -> None:
    app, browser = ClientApp(tenant.client(), secure), Browser(secure)
    answer = browser.authorize(tenant.person(), app.request())
    assert answer.query["iss"] == SECURE_ISSUER
    assert app.redeem(answer.query["code"]).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "login.example.com.evil.example", "LOGIN.example.com:444", ""]
)
def test_another_name_for_this_server_is_refused(secure: Caller, host: str) -> None:
    for path in ("/authorize", "/jwks", "/login", "/end_session", "/userinfo"):
        answer = secure.send("GET", path, headers={"host": host})
        assert (answer.status, answer.cookies) == (400, ())
