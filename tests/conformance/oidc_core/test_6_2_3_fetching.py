"""OpenID Connect Core section 6.2.3: the object is got from its URI, once for a request."""

from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.request_object import members, outside, refer, refers, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec


@spec("RFC9101-5.2.3")
@spec("OIDC-Core-6.2.3")
def test_one_get_gets_it_and_what_it_holds_is_the_request(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    known = refers(caller, tenant, origin.address + path)
    origin.serve(path, unsigned(members(known.app, state="there", nonce="there")))
    answer = refer(known, origin.address + path)
    assert answer.query["state"] == "there"
    assert [head.partition(" ")[0] for head in origin.seen if f" {path} " in head] == ["GET"]


@spec("RFC9101-5.2.3")
@spec("OIDC-Core-6.2.3")
def test_what_is_there_is_asked_for_anew_unless_it_says_how_long_it_is_good(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    known = refers(caller, tenant, origin.address + path, origin.address + path + "-kept")
    for state in ("first", "second"):
        origin.serve(path, unsigned(members(known.app, state=state)))
        origin.serve(path + "-kept", unsigned(members(known.app, state=state)), cache_control="max-age=60")
        assert refer(known, origin.address + path).query["state"] == state
        assert refer(known, origin.address + path + "-kept").query["state"] == "first"
    assert (origin.asked(path), origin.asked(path + "-kept")) == (2, 1)


@spec("RFC9101-5.2.3")
@spec("OIDC-Core-6.2.3")
def test_the_request_goes_on_without_asking_for_the_object_again(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    known = refers(caller, tenant, origin.address + path)
    origin.serve(path, unsigned(members(known.app, state="there")))
    known.browser.cookies.clear()
    fields = outside(known.app, None, request_uri=origin.address + path)
    answer = known.browser.authorize(tenant.person(), fields)
    assert answer.query["state"] == "there"
    assert origin.asked(path) == 1
