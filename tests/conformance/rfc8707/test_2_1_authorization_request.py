"""RFC 8707 section 2.1: resource in the authorization request."""

import pytest

from infra.local.stack import LocalStack
from tests.conformance.rfc8707.malformed import REFUSED
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

BOTH = "openid read other:read"


def audience(visitor: Visit, **changes: str | list[str]) -> list[str]:
    """Who the access token is for, of an authorization request with these parameters."""
    answer = visitor.browser.authorize(visitor.person, visitor.app.request(**changes))
    token = visitor.app.redeem(answer.query["code"]).json["access_token"]
    aud = unverified(token)[1]["aud"]
    return [aud] if isinstance(aud, str) else aud


@spec("RFC8707-2.1")
def test_a_named_resource_is_the_audience(visitor: Visit) -> None:
    assert audience(visitor, scope="other:read", resource=OTHER_API) == [OTHER_API]


@spec("RFC8707-2.1")
def test_several_resources_are_the_audience_in_their_order_each_once(visitor: Visit) -> None:
    named = [OTHER_API, API, OTHER_API]
    assert audience(visitor, scope="read other:read", resource=named) == [OTHER_API, API]


@spec("RFC8707-2.1")
def test_a_request_without_a_resource_is_for_the_tenants_default_audience(visitor: Visit) -> None:
    assert audience(visitor, scope="read") == [API]
    assert audience(visitor, scope="read", resource="") == [API], "an empty parameter is no parameter"


@spec("RFC8707-2.1")
def test_openid_opens_the_userinfo_endpoint_beside_the_resource(visitor: Visit) -> None:
    assert audience(visitor, scope="openid other:read", resource=OTHER_API) == [
        OTHER_API,
        visitor.app.caller.issuer,
    ]


@spec("RFC8707-2.1")
def test_a_grant_keeps_what_was_asked_though_the_code_is_redeemed_without_a_resource(visitor: Visit) -> None:
    assert audience(visitor, scope=BOTH, resource=[API, OTHER_API])[:2] == [API, OTHER_API]


@spec("RFC8707-2.1")
def test_a_scope_is_that_of_the_resources_named(visitor: Visit) -> None:
    answer = visitor.answer(scope="read", resource=OTHER_API)
    assert_refused(answer, visitor.app, "invalid_scope")
    answer = visitor.browser.authorize(
        visitor.person, visitor.app.request(scope="openid read", resource=OTHER_API)
    )
    token = visitor.app.redeem(answer.query["code"]).json
    assert token["scope"] == "openid", "an OpenID request ignores what is not understood"


@spec("RFC8707-2.1")
def test_a_new_resource_asks_for_consent_again_and_a_known_one_does_not(visitor: Visit) -> None:
    fields = visitor.app.request(scope="read other:read", resource=[API, OTHER_API])
    visitor.browser.open("/authorize", fields)
    assert visitor.browser.at("/consent")
    visitor.browser.consent()
    assert "code" in visitor.browser.open("/authorize", fields).query


@spec("RFC8707-2")
@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("prompt", ["", "none"])
def test_a_resource_that_can_not_be_is_an_invalid_target(
    *, visitor: Visit, stack: LocalStack, case: str, prompt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    resources, reason = REFUSED[case]
    with nothing_written(stack):
        answer = visitor.answer(resource=resources, prompt=prompt)
    assert_refused(answer, visitor.app, "invalid_target")
    assert last_log(capsys)["reason"] == reason


@spec("RFC8707-2")
def test_ten_resources_are_not_too_many(visitor: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    visitor.answer(resource=[f"https://{number}.example/" for number in range(10)])
    assert last_log(capsys)["reason"] == "resource_unknown"


@spec("RFC8707-2")
def test_a_resource_the_client_is_not_registered_for_is_an_invalid_target(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = visit(caller, tenant, tenant.client(allowed_resources=("https://elsewhere.example/",)))
    assert_refused(visitor.answer(scope="other:read", resource=OTHER_API), visitor.app, "invalid_target")
    assert last_log(capsys)["reason"] == "resource_not_allowed"
    assert_refused(visitor.answer(scope="read"), visitor.app, "invalid_target")
    assert last_log(capsys)["reason"] == "resource_not_allowed", "the default audience is no exception"


@spec("RFC8707-2")
@pytest.mark.parametrize("allowed", [None, (OTHER_API,)])
def test_a_client_registered_for_it_or_for_any_may_ask(
    caller: Caller, tenant: Tenant, allowed: tuple[str, ...] | None
) -> None:
    app = ClientApp(tenant.client(allowed_resources=allowed), caller)
    answer = app.token({"grant_type": "client_credentials", "resource": OTHER_API})
    assert unverified(answer.json["access_token"])[1]["aud"] == OTHER_API


@spec("RFC8707-2")
def test_a_client_registered_for_no_resource_may_ask_for_none(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.client(allowed_resources=()), caller)
    answer = app.token({"grant_type": "client_credentials", "resource": OTHER_API})
    assert (answer.status, answer.error) == (400, "invalid_target")
