"""RFC 6749 section 10.12: what another site's form can do to a browser whose cookies it does not get."""

from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec


@spec("RFC6749-10.12")
def test_a_post_without_cookies_comes_again_as_a_get_and_sets_none(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.public_client(), caller)
    answer = caller.post("/authorize", app.request())
    assert answer.status == 303
    assert answer.location.startswith("/authorize?")
    assert answer.cookies == ()


@spec("RFC6749-10.12")
def test_a_post_without_cookies_too_long_for_a_url_gives_the_browser_no_other_identity(
    caller: Caller, tenant: Tenant
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    long = app.request(state="s" * 2_048, nonce="n" * 2_048, login_hint="h" * 2_048)
    answer = caller.post("/authorize", long)
    assert answer.status == 303
    assert answer.query["error"] == "invalid_request"
    assert answer.cookies == ()


@spec("RFC9110-15.5.6")
def test_the_way_back_from_a_page_is_a_get_and_says_so(caller: Caller) -> None:
    answer = caller.post("/authorize/resume", {"interaction": "i"})
    assert (answer.status, answer.headers["allow"]) == (405, "GET")
    assert caller.send("PUT", "/authorize").headers["allow"] == "GET, POST"
