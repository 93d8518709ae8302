"""RFC 8707 section 2.2: resource in the access token request, narrowing audience and scope."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.conformance.rfc8707.malformed import REFUSED
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Answer, Caller
from tests.support.opaque import opaque, told_of
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written


def code_for_both(visitor: Visit, scope: str = "openid offline_access read write other:read") -> str:
    """A code of a grant of two resources."""
    fields = visitor.app.request(scope=scope, resource=[API, OTHER_API])
    return visitor.browser.authorize(visitor.person, fields).query["code"]


def told(answer: Answer) -> tuple[Any, str]:
    """Audience and scope of the access token; the response tells the same scope."""
    assert answer.status == 200, answer.body
    claims = unverified(answer.json["access_token"])[1]
    assert answer.json["scope"] == claims["scope"]
    return claims["aud"], claims["scope"]


@spec("RFC8707-2.2")
def test_a_code_gives_a_token_for_one_of_the_resources_with_its_scope_alone(visitor: Visit) -> None:
    answer = visitor.app.redeem(code_for_both(visitor, "read other:read"), resource=OTHER_API)
    assert told(answer) == (OTHER_API, "other:read")


@spec("RFC8707-2.2")
def test_each_refresh_may_name_another_of_the_resources(visitor: Visit) -> None:
    tokens = visitor.app.redeem(code_for_both(visitor)).json
    refresh_token = tokens["refresh_token"]
    issuer = visitor.app.caller.issuer
    assert told(visitor.app.refresh(refresh_token, resource=API)) == (
        [API, issuer],
        "openid offline_access read write",
    )
    assert told(visitor.app.refresh(refresh_token, resource=OTHER_API, scope="other:read")) == (
        OTHER_API,
        "other:read",
    )
    assert told(visitor.app.refresh(refresh_token)) == (
        [API, OTHER_API, issuer],
        "openid offline_access read write other:read",
    )
    assert told(visitor.app.refresh(refresh_token, resource=[OTHER_API, API], scope="read")) == (
        [OTHER_API, API],
        "read",
    )


@spec("RFC8707-2.2")
def test_narrowing_the_first_token_narrows_no_later_one(visitor: Visit) -> None:
    tokens = visitor.app.redeem(code_for_both(visitor), resource=API).json
    assert told(visitor.app.refresh(tokens["refresh_token"], resource=OTHER_API))[0][0] == OTHER_API


@spec("RFC8707-2.2")
@pytest.mark.parametrize("case", REFUSED)
def test_a_service_asking_for_a_resource_that_can_not_be_gets_an_invalid_target(
    *, service: ClientApp, stack: LocalStack, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    resources, reason = REFUSED[case]
    with nothing_written(stack):
        answer = service.token({"grant_type": "client_credentials", "resource": resources})
    assert_json_error(answer, "invalid_target")
    assert last_log(capsys, SECRET)["reason"] == reason


NOT_GRANTED: dict[str, tuple[list[str], str]] = {
    "one that was not granted": ([OTHER_API], "resource_not_granted"),
    "one granted and one not": ([API, OTHER_API], "resource_not_granted"),
    "one nobody knows": (["https://unknown.example/"], "resource_not_granted"),
    "the issuer": (["{issuer}"], "resource_not_granted"),
    "a malformed one": (["notes"], "resource_malformed"),
    "one with a fragment": ([API + "#notes"], "resource_malformed"),
}


@spec("RFC8707-2.2")
@pytest.mark.parametrize("case", NOT_GRANTED)
def test_a_code_gives_no_token_for_a_resource_that_was_not_granted_and_is_not_spent_by_asking(
    *, visitor: Visit, tenant: Tenant, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    resources, reason = NOT_GRANTED[case]
    resources = [resource.format(issuer=visitor.app.caller.issuer) for resource in resources]
    code = visitor.code(scope="openid offline_access read")
    before = tenant.table("Grants").items()
    answer = visitor.app.redeem(code, resource=resources)
    assert_json_error(answer, "invalid_target")
    assert last_log(capsys, SECRET, code)["reason"] == reason
    assert tenant.table("Grants").items() == before
    assert visitor.app.redeem(code).status == 200


@spec("RFC8707-2.2")
@pytest.mark.parametrize("case", NOT_GRANTED)
@pytest.mark.parametrize("kind", ["public", "confidential"])
def test_a_refresh_token_gives_none_either_and_is_still_good_after(
    *, caller: Caller, tenant: Tenant, case: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    resources, reason = NOT_GRANTED[case]
    resources = [resource.format(issuer=caller.issuer) for resource in resources]
    visitor = visit(caller, tenant, tenant.public_client() if kind == "public" else tenant.client())
    tokens = visitor.app.redeem(visitor.code()).json
    answer = visitor.app.refresh(tokens["refresh_token"], resource=resources)
    assert_json_error(answer, "invalid_target")
    assert last_log(capsys, SECRET, tokens["refresh_token"])["reason"] == reason
    assert visitor.app.refresh(tokens["refresh_token"]).status == 200


@spec("RFC8707-2.2")
def test_a_resource_server_that_is_gone_since_gives_no_token(caller: Caller, tenant: Tenant) -> None:
    visitor = visit(caller, tenant, tenant.client())
    code = code_for_both(visitor)
    grants = tenant.table("Grants")
    gone = "https://gone.example/"
    grants.change(grants.find(grant_id=code.partition(".")[0]), resources=[API, gone])
    assert_json_error(visitor.app.redeem(code), "invalid_target")
    assert visitor.app.redeem(code, resource=API).status == 200


@spec("RFC8707-2.2")
def test_a_resource_servers_own_lifetime_and_algorithm_hold_for_its_tokens(
    service: ClientApp, tenant: Tenant
) -> None:
    short, signed = "https://short.example/", "https://rs256.example/"
    tenant.resource_server(short, access_token_lifetime=90)
    tenant.resource_server(signed, access_token_signing_alg="RS256")

    def issued(*resources: str) -> tuple[str, int, int]:
        answer = service.token({"grant_type": "client_credentials", "resource": list(resources)}).json
        header, claims = unverified(answer["access_token"])
        return header["alg"], claims["exp"] - claims["iat"], answer["expires_in"]

    assert issued(API) == ("ES256", 600, 600)
    assert issued(short) == ("ES256", 90, 90)
    assert issued(signed) == ("RS256", 600, 600)
    assert issued(signed, short) == ("RS256", 90, 90), "the shortest, and what all can read (RFC 9068)"
    assert issued(short, signed) == ("RS256", 90, 90)


@spec("RFC8707-2.2")
def test_opaque_tokens_for_several_live_as_long_as_the_strictest_allows_and_each_is_told_its_own(
    service: ClientApp, tenant: Tenant
) -> None:
    uris = ("https://brief.example/", "https://long.example/")
    scopes = ({"read": "Read"}, {"write": "Write"})
    apis = [
        tenant.resource_server(
            uri, access_token_format="opaque", access_token_lifetime=lifetime, scopes=scope
        )[1]
        for uri, lifetime, scope in zip(uris, (90, 900), scopes, strict=True)
    ]
    answer = service.token({"grant_type": "client_credentials", "resource": list(uris)})
    token = opaque(answer)
    assert answer.json["expires_in"] == 90
    told = [told_of(ClientApp(api, service.caller), token) for api in apis]
    assert [(one["aud"], one["scope"]) for one in told] == [(uris[0], "read"), (uris[1], "write")]
    assert {one["exp"] - one["iat"] for one in told} == {90}
    one = service.token({"grant_type": "client_credentials", "resource": uris[1], "scope": "write"})
    assert one.json["expires_in"] == 900
    assert told_of(ClientApp(apis[0], service.caller), opaque(one)) == {"active": False}
