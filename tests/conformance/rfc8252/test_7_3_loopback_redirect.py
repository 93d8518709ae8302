"""RFC 8252 sections 7.3 and 8.3: a native app listens on loopback, at whatever port is free."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, assert_page, assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

REGISTERED = (
    "http://127.0.0.1/callback",
    "http://[::1]/callback",
    "http://localhost/callback",
    "http://127.0.0.1:8080/with-port",
    "http://127.0.0.1/with-query?a=b",
)


@pytest.fixture
def native(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant, tenant.native_client(redirect_uris=REGISTERED))


@spec("RFC8252-7.3")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1/callback",
        "http://127.0.0.1:51004/callback",
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "http://[::1]:51004/callback",
        "http://localhost:51004/callback",
        "http://127.0.0.1:51004/with-port",
        "http://127.0.0.1/with-port",
        "http://127.0.0.1:51004/with-query?a=b",
    ],
)
def test_any_port_of_a_registered_loopback_uri_is_taken(native: Visit, redirect_uri: str) -> None:
    answer = native.browser.authorize(native.person, native.app.request(redirect_uri=redirect_uri))
    separator = "&" if "?" in redirect_uri else "?"
    assert answer.location.startswith(f"{redirect_uri}{separator}code=")
    assert native.app.redeem(answer.query["code"], redirect_uri=redirect_uri).status == 200


@spec("RFC8252-7.3")
def test_error_goes_to_the_port_that_was_asked(native: Visit) -> None:
    native.app.redirect_uri = "http://127.0.0.1:51004/callback"
    assert_refused(native.answer(scope='"'), native.app, "invalid_scope")


@spec("RFC8252-7.3")
def test_code_for_one_port_is_not_redeemed_with_another(
    native: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "http://127.0.0.1:51004/callback"
    code = native.code(redirect_uri=asked)
    for other in ("http://127.0.0.1:51005/callback", "http://127.0.0.1/callback"):
        assert_json_error(native.app.redeem(code, redirect_uri=other), "invalid_grant")
        assert last_log(capsys, code)["reason"] == "redirect_uri_mismatch"
    assert native.app.redeem(code, redirect_uri=asked).status == 200


UNREGISTERED = {
    "another path": "http://127.0.0.1:51004/other",
    "path in another case": "http://127.0.0.1:51004/Callback",
    "slash at the end": "http://127.0.0.1:51004/callback/",
    "no path": "http://127.0.0.1:51004",
    "dot segment": "http://127.0.0.1:51004/x/../callback",
    "query that is not registered": "http://127.0.0.1:51004/callback?a=b",
    "query that differs": "http://127.0.0.1:51004/with-query?a=c",
    "query left out": "http://127.0.0.1:51004/with-query",
    "fragment": "http://127.0.0.1:51004/callback#x",
    "TLS": "https://127.0.0.1:51004/callback",
    "scheme in capitals": "HTTP://127.0.0.1:51004/callback",
    "localhost for an address": "http://localhost:51004/with-port",
    "address for another address": "http://[::1]:51004/with-port",
    "another loopback address": "http://127.0.0.2:51004/callback",
    "every address": "http://0.0.0.0:51004/callback",
    "every address of IPv6": "http://[::]:51004/callback",
    "IPv4 inside IPv6": "http://[::ffff:127.0.0.1]:51004/callback",
    "IPv6 in full": "http://[0:0:0:0:0:0:0:1]:51004/callback",
    "address as a number": "http://2130706433:51004/callback",
    "address in octal": "http://0177.0.0.1:51004/callback",
    "address cut short": "http://127.1:51004/callback",
    "localhost in capitals": "http://LOCALHOST:51004/callback",
    "localhost with a dot": "http://localhost.:51004/callback",
    "host that begins like it": "http://127.0.0.1.evil.example:51004/callback",
    "host that begins like localhost": "http://localhost.evil.example/callback",
    "host that ends like it": "http://evil-localhost:51004/callback",
    "user name": "http://evil@127.0.0.1:51004/callback",
    "port as a password": "http://127.0.0.1:51004@evil.example/callback",
    "backslash": "http://127.0.0.1:51004\\@evil.example/callback",
    "port that is none": "http://127.0.0.1:65536/callback",
    "port too long": "http://127.0.0.1:510040/callback",
    "empty port": "http://127.0.0.1:/callback",
    "port with a sign": "http://127.0.0.1:+80/callback",
    "port with a letter": "http://127.0.0.1:80a/callback",
    "port in another script": "http://127.0.0.1:\u0668\u0660/callback",
    "line feed": "http://127.0.0.1:51004/callback\n",
    "space before": " http://127.0.0.1:51004/callback",
}


@spec("RFC8252-7.3")
@pytest.mark.parametrize("case", UNREGISTERED)
def test_nothing_but_the_port_may_differ(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = here.tenant.native_client(redirect_uris=REGISTERED)
    with nothing_written(stack):
        answer = here.answer(client_id=client.client_id, redirect_uri=UNREGISTERED[case])
    assert_page(answer)
    assert last_log(capsys)["reason"] == "redirect_uri_unregistered"


@spec("RFC8252-8.4")
@pytest.mark.parametrize(
    "redirect_uri", ["http://127.0.0.1:51004/callback", "http://localhost:51004/callback"]
)
def test_port_of_a_web_client_is_as_registered(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], redirect_uri: str
) -> None:
    web = here.tenant.public_client(redirect_uris=REGISTERED)
    with nothing_written(stack):
        assert_page(here.answer(client_id=web.client_id, redirect_uri=redirect_uri))
    assert last_log(capsys)["reason"] == "redirect_uri_unregistered"
