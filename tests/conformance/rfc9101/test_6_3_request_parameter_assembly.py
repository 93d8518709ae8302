"""RFC 9101 section 6.3: of a request with an object, nothing outside the object counts but client_id."""

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.client_key import client_key
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.request_object import members, send, signed, signing_client, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
KEY = client_key("ES256", "own")
TYPE = "oauth-authz-req+jwt"


@pytest.fixture
def own(caller: Caller, tenant: Tenant) -> Visit:
    """An app that signs its requests, with two addresses to return to."""
    uris = ("https://app.example.com/one", "https://app.example.com/two")
    return visit(caller, tenant, signing_client(tenant, KEY, redirect_uris=uris))


@spec("RFC9101-5")
@spec("RFC9101-5.1")
@pytest.mark.parametrize("typ", [TYPE, "application/" + TYPE, TYPE.upper(), "JWT", None])
def test_client_id_and_the_object_are_all_a_request_needs(own: Visit, typ: str | None) -> None:
    request = signed(own, KEY, header={"typ": typ}, state="inside")
    fields = {"client_id": own.app.client.client_id, "request": request}
    answer = own.browser.open("/authorize", fields)
    assert answer.query["state"] == "inside"
    tokens = own.app.redeem(answer.query["code"]).json
    assert unverified(tokens["id_token"])[1]["nonce"] == "a nonce"


@spec("RFC9101-6.3")
@pytest.mark.parametrize(("typ", "scope"), [(TYPE, "openid profile"), (None, None), (None, "profile")])
def test_what_stands_outside_does_not_count(own: Visit, typ: str | None, scope: str | None) -> None:
    """Whoever has the URL could have changed it: none of it is signed."""
    request = signed(own, KEY, header={"typ": typ}, state=None, nonce=None, scope="openid")
    outside = {
        "state": "outside",
        "nonce": "outside",
        "prompt": "login",
        "max_age": "0",
        "scope": scope,
        "response_type": "token",
        "response_mode": "fragment",
        "redirect_uri": own.app.client.redirect_uris[1],
    }
    answer = send(own, request, **outside)
    assert answer.location.startswith(own.app.client.redirect_uris[0] + "?")
    assert "code" in answer.query
    assert "state" not in answer.query
    tokens = own.app.redeem(answer.query["code"]).json
    assert "nonce" not in unverified(tokens["id_token"])[1]


@spec("RFC9101-6.3")
@pytest.mark.parametrize(
    ("lacks", "reason"), [("response_type", "parameter_missing"), ("code_challenge", "pkce_malformed")]
)
def test_what_the_object_lacks_is_lacking(
    stack: LocalStack, own: Visit, capsys: Log, *, lacks: str, reason: str
) -> None:
    request = signed(own, KEY, header={"typ": TYPE}, **{lacks: None})
    with nothing_written(stack):
        answer = send(own, request, **{lacks: own.app.request()[lacks]})
    assert_refused(answer, own.app, "invalid_request")
    assert last_log(capsys)["reason"] == reason


@spec("RFC9101-5")
@spec("RFC9101-10.7")
def test_the_client_id_outside_is_the_one_inside(
    stack: LocalStack, caller: Caller, tenant: Tenant, own: Visit, capsys: Log
) -> None:
    other = visit(caller, tenant, signing_client(tenant, KEY))
    with nothing_written(stack):
        answer = send(other, signed(own, KEY))
    assert_refused(answer, other.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_mismatch"


@spec("RFC9101-6.3")
def test_an_unsigned_object_is_held_to_the_same(own: Visit) -> None:
    request = unsigned(members(own.app, state=None), typ=TYPE)
    answer = send(own, request, state="outside", prompt="login")
    assert "code" in answer.query
    assert "state" not in answer.query
