"""OpenID Connect Core sections 5.4 and 5.5: claims in what leaves the authorization endpoint."""

import json

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.http import Caller
from tests.support.refusal import assert_refused
from tests.support.response_types import (
    WITH_ID_TOKEN,
    WITH_TOKEN,
    every_type,
    every_type_visit,
    id_token_claims,
    members,
)
from tests.support.tenant import ADA, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import listening

CLAIMS = json.dumps({"id_token": {"email": None, "name": {"value": "somebody else"}}})


@pytest.fixture
def door(caller: Caller, tenant: Tenant) -> Visit:
    """Somebody signed in before an app of every response type."""
    return every_type_visit(caller, tenant)


@spec("OIDC-Core-5.5")
@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_an_id_token_of_the_front_channel_has_the_claims_asked_for(
    door: Visit, stack: LocalStack, response_type: str
) -> None:
    with listening(stack) as wire:
        given = members(door, response_type, claims=CLAIMS, scope="openid email")
    told = id_token_claims(door, given)
    assert told["email"] == ADA["email"]
    assert "name" not in told
    # Who the person is was read with their session, and is not read again.
    reads = [body for operation, body in wire.seen if f"user#{door.person.sub}".encode() in body]
    assert len(reads) == 1
    if "code" in given:
        again = unverified(door.app.redeem(given["code"]).json["id_token"])[1]
        assert (again["email"], "name" in again) == (ADA["email"], False)


@spec("OIDC-Core-5.5")
@pytest.mark.parametrize("response_type", [one for one in WITH_TOKEN if one != "token"])
def test_an_access_token_of_the_front_channel_gives_the_claims_asked_for_at_userinfo(
    caller: Caller, tenant: Tenant, response_type: str
) -> None:
    # Of a client that was asked about the scope phone, which covers its claims.
    known = visit(caller, tenant, every_type(tenant))
    claims = json.dumps({"userinfo": {"phone_number": None}})
    request = known.app.request(scope="openid", response_type=response_type, claims=claims)
    answer = known.browser.authorize(known.person, request)
    token = answer.fragment["access_token"]
    told = caller.get("/userinfo", authorization=f"Bearer {token}").json
    assert told == {"sub": known.person.sub, "phone_number": ADA["phone_number"]}


@spec("OIDC-Core-5.5")
def test_claims_at_userinfo_without_an_access_token_are_refused(door: Visit) -> None:
    claims = json.dumps({"userinfo": {"name": None}})
    for response_type in ("id_token", "none"):
        answer = door.answer(response_type=response_type, claims=claims)
        assert_refused(
            answer, door.app, "invalid_request", mode="query" if response_type == "none" else "fragment"
        )
