"""RFC 8252 sections 7.1 and 7.2: a native app is called by its own URI scheme, or a claimed https URI."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

URIS = ("com.example.app:/callback", "https://app.example.com/callback")


@spec("RFC8252-7.1")
@spec("RFC8252-7.2")
@pytest.mark.parametrize("redirect_uri", URIS)
def test_native_app_gets_its_code(caller: Caller, tenant: Tenant, redirect_uri: str) -> None:
    here = visit(caller, tenant, tenant.native_client(redirect_uris=URIS))
    here.app.redirect_uri = redirect_uri
    answer = here.browser.authorize(here.person, here.app.request())
    assert answer.location.startswith(f"{redirect_uri}?code=")
    assert here.app.redeem(answer.query["code"]).status == 200
    assert_refused(here.answer(response_type="nothing"), here.app, "unsupported_response_type")


@spec("RFC8252-7.1")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "com.example.app:/Callback",
        "com.example.app:/callback/",
        "com.example.app:callback",
        "com.example.app://callback",
        "com.example.app:///callback",
        "com.example.app:/callback?x",
        "com.example.app:/callback#x",
        "COM.EXAMPLE.APP:/callback",
        "com.example.app.evil:/callback",
        "com.example:/callback",
        "com.example.app:51004/callback",
        "https://app.example.com:8443/callback",
        "http://app.example.com/callback",
    ],
)
def test_private_use_and_claimed_uris_match_to_the_character(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], redirect_uri: str
) -> None:
    client = here.tenant.native_client(redirect_uris=URIS)
    with nothing_written(stack):
        assert_page(here.answer(client_id=client.client_id, redirect_uri=redirect_uri))
    assert last_log(capsys)["reason"] == "redirect_uri_unregistered"
