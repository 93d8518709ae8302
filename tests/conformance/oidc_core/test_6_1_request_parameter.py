"""OpenID Connect Core section 6.1: a request object by value, and what counts of a request that has one."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.http import Caller
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.request_object import members, outside, send, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


def nonce(tokens: dict[str, Any]) -> Any:
    return unverified(tokens["id_token"])[1]["nonce"]


@spec("OIDC-Core-6.1.1")
@spec("OIDC-Core-6.1")
def test_a_request_may_be_an_object(known: Visit) -> None:
    answer = send(known, unsigned(members(known.app, state="inside", nonce="inside")))
    assert answer.query["state"] == "inside"
    tokens = known.app.redeem(answer.query["code"]).json
    assert nonce(tokens) == "inside"


@spec("OIDC-Core-6.3.3")
@spec("OIDC-Core-6.1")
def test_what_the_object_says_goes_before_what_stands_outside(known: Visit) -> None:
    answer = send(known, unsigned(members(known.app, state="inside")), state="outside", prompt="login")
    # What it does not say counts outside: OpenID's requests alone do so.
    assert known.browser.at("/login")
    assert answer.status == 200
    answer = send(known, unsigned(members(known.app, state="inside", prompt="none")), state="outside")
    assert answer.query["state"] == "inside"


@spec("OIDC-Core-6.1")
def test_what_the_object_lacks_counts_outside(known: Visit) -> None:
    inside = {"nonce": "inside", "max_age": 86_400}
    fields = {name: value for name, value in known.app.request().items() if name != "nonce"}
    answer = known.browser.open("/authorize", {**fields, "request": unsigned(inside)})
    assert answer.query["state"] == "a state"
    tokens = known.app.redeem(answer.query["code"]).json
    assert nonce(tokens) == "inside"


@spec("OIDC-Core-6.1")
def test_the_redirect_uri_of_the_object_is_the_one(caller: Caller, tenant: Tenant) -> None:
    uris = ("https://app.example.com/one", "https://app.example.com/two")
    known = visit(caller, tenant, tenant.public_client(redirect_uris=uris))
    answer = send(known, unsigned(members(known.app, redirect_uri=uris[1])), redirect_uri=uris[0])
    assert answer.location.startswith(uris[1])
    answer = send(
        known, unsigned(members(known.app, redirect_uri=uris[1])), redirect_uri="https://evil.example/"
    )
    assert answer.location.startswith(uris[1])


@spec("OIDC-Core-6.1")
def test_a_redirect_uri_inside_must_be_registered(stack: LocalStack, known: Visit, capsys: Log) -> None:
    with nothing_written(stack):
        answer = send(known, unsigned(members(known.app, redirect_uri="https://evil.example/")))
    assert_page(answer)
    assert last_log(capsys)["reason"] == "redirect_uri_unregistered"


@spec("OIDC-Core-6.1")
def test_a_person_signs_in_and_the_request_goes_on_as_the_object_said(tenant: Tenant, known: Visit) -> None:
    app = known.app
    known.browser.cookies.clear()
    request = outside(app, unsigned(members(app, state="inside", nonce="inside")), state="outside")
    person = tenant.person()
    answer = known.browser.authorize(person, request)
    assert answer.query["state"] == "inside"
    assert nonce(app.redeem(answer.query["code"]).json) == "inside"


@spec("OIDC-Core-6.1")
def test_a_form_of_another_site_is_asked_for_again_with_its_object(known: Visit) -> None:
    request = outside(known.app, unsigned(members(known.app, state="inside")))
    cookies = dict(known.browser.cookies)
    known.browser.cookies.clear()
    posted = known.app.caller.post("/authorize", request)
    assert posted.status == 303
    assert "request=" in posted.location
    known.browser.cookies.update(cookies)
    assert known.browser.open(posted.location).query["state"] == "inside"


@spec("OIDC-Core-6.1")
def test_members_that_are_no_parameters_are_ignored(known: Visit) -> None:
    claims = members(known.app, jti="one", unknown={"deep": [1, 2]}, sub="nobody")
    assert "code" in send(known, unsigned(claims)).query


@spec("OIDC-Core-6.1")
def test_empty_members_are_as_if_left_out(known: Visit) -> None:
    assert "code" in send(known, unsigned(members(known.app, prompt="", max_age=None, login_hint=""))).query


WRONG_MEMBERS: dict[str, dict[str, Any]] = {
    "a number for a state": {"state": 7},
    "a boolean for a max_age": {"max_age": True},
    "a fraction for a max_age": {"max_age": 1.5},
    "null": {"nonce": None},
    "an object for a scope": {"scope": {"openid": True}},
    "a list for a scope": {"scope": ["openid"]},
    "a number among resources": {"resource": ["https://api.example.com/", 7]},
    "a NUL": {"state": "a\0b"},
}


@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("wrong", WRONG_MEMBERS)
def test_a_member_of_another_type_is_refused(
    stack: LocalStack, known: Visit, capsys: Log, wrong: str
) -> None:
    claims = {**members(known.app), **WRONG_MEMBERS[wrong]}
    with nothing_written(stack):
        answer = send(known, unsigned(claims))
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_member"


@spec("OIDC-Core-6.1")
def test_a_max_age_is_a_number_and_a_resource_a_list_or_a_text(known: Visit) -> None:
    for changes in ({"max_age": 86_400}, {"max_age": "86400"}, {"resource": "https://api.example.com/"}):
        assert "code" in send(known, unsigned(members(known.app, **changes))).query
    resources = {"resource": ["https://api.example.com/"], "scope": "openid read"}
    assert (
        "code"
        in known.browser.authorize(
            known.person, outside(known.app, unsigned(members(known.app, **resources)))
        ).query
    )


DISAGREEING: dict[str, tuple[dict[str, Any], dict[str, str | None], str]] = {
    "another client": ({"client_id": "another"}, {}, "request_object_mismatch"),
    "another response_type": ({"response_type": "token"}, {}, "request_object_mismatch"),
    "another issuer of it": ({"iss": "another"}, {}, "request_object_issuer"),
    "another audience": ({"aud": "https://another.example"}, {}, "request_object_audience"),
    "no audience of several": ({"aud": []}, {}, "request_object_audience"),
    "an object for an audience": ({"aud": {"a": "b"}}, {}, "request_object_audience"),
    "expired": ({"exp": 1}, {}, "request_object_expired"),
    "a text for exp": ({"exp": "tomorrow"}, {}, "request_object_expired"),
    "an exp without end": ({"exp": 10**30}, {}, "request_object_expired"),
    "not yet": ({"nbf": 10**11}, {}, "request_object_not_yet_valid"),
    "made tomorrow": ({"iat": 10**11}, {}, "request_object_not_yet_valid"),
    "a request in it": ({"request": "eyJhbGciOiJub25lIn0.e30."}, {}, "request_object_nested"),
    "a request_uri in it": ({"request_uri": "https://app.example.com/one"}, {}, "request_object_nested"),
}


@spec("OIDC-Core-6.1")
@spec("RFC9101-10.3")
@spec("RFC9101-4")
@pytest.mark.parametrize("wrong", DISAGREEING)
def test_an_object_that_is_not_for_this_request_is_refused(
    stack: LocalStack, known: Visit, capsys: Log, wrong: str
) -> None:
    inside, changes, reason = DISAGREEING[wrong]
    with nothing_written(stack):
        answer = send(known, unsigned(members(known.app, **inside)), **changes)
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == reason


@spec("OIDC-Core-6.1")
def test_words_of_a_response_type_have_no_order(known: Visit) -> None:
    # The words decide, whichever way they stand: neither is refused as another one.
    inside = members(known.app, response_type="id_token code")
    answer = send(known, unsigned(inside), response_type="code id_token")
    assert (answer.query if "?" in answer.location else answer.fragment)["error"] != "invalid_request_object"


@spec("OIDC-Core-6.1")
def test_where_nothing_outside_says_where_to_a_person_is_told(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    uris = ("https://app.example.com/one", "https://app.example.com/two")
    known = visit(caller, tenant, tenant.public_client(redirect_uris=uris))
    bad = unsigned(members(known.app, aud="https://another.example"))
    for redirect_uri in (None, "https://evil.example/"):
        with nothing_written(stack):
            answer = send(known, bad, redirect_uri=redirect_uri)
        assert_page(answer)
        assert last_log(capsys)["reason"] == "request_object_audience"


@spec("OIDC-Core-6.1")
def test_an_object_is_given_once(stack: LocalStack, known: Visit) -> None:
    request = unsigned(members(known.app))
    with nothing_written(stack):
        answer = known.browser.open("/authorize", {**outside(known.app, request), "request": [request] * 2})
    assert_refused(answer, known.app, "invalid_request", state=None)


@spec("OIDC-Core-6.1")
def test_claims_are_an_object_in_it(known: Visit) -> None:
    inside = members(known.app, scope="openid", claims={"id_token": {"email": {"essential": True}}})
    answer = known.browser.authorize(known.person, outside(known.app, unsigned(inside)))
    tokens = known.app.redeem(answer.query["code"]).json
    assert unverified(tokens["id_token"])[1]["email"] == known.person.claims["email"]
