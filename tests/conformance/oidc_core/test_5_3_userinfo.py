"""OpenID Connect Core section 5.3: the UserInfo endpoint, and what a person's scopes give (section 5.4)."""

import re
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import unverified
from tests.support.http import Answer, Caller, encode
from tests.support.tenant import ADA, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

FORM = {"content-type": "application/x-www-form-urlencoded"}
PROFILE = {"name": str, "given_name": str, "family_name": str, "birthdate": str, "updated_at": int}
CLAIMS: dict[str, dict[str, type]] = {
    "openid": {},
    "openid profile": PROFILE,
    "openid email": {"email": str, "email_verified": bool},
    "openid phone": {"phone_number": str, "phone_number_verified": bool},
    "openid address": {"address": dict},
    "openid offline_access": {},
    "openid read": {},
    "openid profile email": {**PROFILE, "email": str, "email_verified": bool},
}


def access_token(known: Visit, scope: str = "openid profile email") -> str:
    token: str = known.app.redeem(known.code(scope=scope)).json["access_token"]
    return token


def userinfo(caller: Caller, token: str) -> Answer:
    return caller.get("/userinfo", authorization=f"Bearer {token}")


@spec("OIDC-Core-5.4")
@pytest.mark.parametrize("scope", CLAIMS)
def test_a_scope_gives_its_claims_in_their_types_and_no_others(known: Visit, scope: str) -> None:
    answer = userinfo(known.app.caller, access_token(known, scope))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    claims: dict[str, Any] = answer.json
    assert claims.pop("sub") == known.person.sub
    assert {name: type(value) for name, value in claims.items()} == CLAIMS[scope]
    assert claims == {name: ADA[name] for name in CLAIMS[scope]}


@spec("OIDC-Core-5.3.2")
def test_claims_nobody_knows_are_left_out(caller: Caller, tenant: Tenant, known: Visit) -> None:
    person = tenant.person(nickname=None)
    users = tenant.table("Users")
    users.change(users.find(id=f"user#{person.sub}"), claims={"email": "only@example.com"})
    tokens = known.app.tokens(Browser(caller), person, scope="openid profile email phone address")
    assert userinfo(caller, tokens["access_token"]).json == {"sub": person.sub, "email": "only@example.com"}


@spec("OIDC-Core-5.3.1")
def test_the_token_comes_by_header_or_form_of_a_get_or_a_post(known: Visit) -> None:
    caller, token = known.app.caller, access_token(known)
    answers = [
        userinfo(caller, token),
        caller.get("/userinfo", authorization=f"bearer {token}"),
        caller.send("POST", "/userinfo", headers={"authorization": f"Bearer {token}"}),
        caller.post("/userinfo", authorization=f"Bearer {token}"),
        caller.post("/userinfo", {"access_token": token}),
    ]
    assert [answer.status for answer in answers] == [200] * len(answers)
    assert all(answer.json == answers[0].json for answer in answers)


@spec("OIDC-Core-5.3.2")
def test_its_sub_is_that_of_the_id_token(known: Visit) -> None:
    tokens = known.app.redeem(known.code()).json
    sub = userinfo(known.app.caller, tokens["access_token"]).json["sub"]
    assert sub == unverified(tokens["id_token"])[1]["sub"]


@spec("OIDC-Core-5.3")
def test_web_pages_of_every_origin_may_ask(known: Visit) -> None:
    asked = {"origin": "https://app.example.com", "access-control-request-headers": "authorization"}
    answer = known.app.caller.send("OPTIONS", "/userinfo", headers=asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "WWW-Authenticate" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@spec("OIDC-Core-5.3")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_are_served(known: Visit, method: str) -> None:
    answer = known.app.caller.send(method, "/userinfo")
    assert (answer.status, answer.headers["allow"], answer.error) == (405, "GET, POST", "invalid_request")


@spec("OIDC-Core-5.3.3")
def test_without_a_token_there_is_a_challenge_and_nothing_about_a_fault(
    known: Visit, stack: LocalStack
) -> None:
    caller, token = known.app.caller, access_token(known)
    form = {"access_token": token}
    with nothing_written(stack):
        for answer in (
            caller.get("/userinfo"),
            caller.post("/userinfo"),
            caller.get("/userinfo", authorization="Basic Y2xpZW50OnNlY3JldA=="),
            # RFC 6750 section 5.3: never out of the query.
            caller.get("/userinfo", form),
            caller.send("POST", "/userinfo?" + encode(form), headers=FORM),
        ):
            assert answer.status == 401
            assert answer.headers["www-authenticate"] == 'Bearer realm="userinfo"'
            assert answer.headers["access-control-allow-origin"] == "*"


@spec("OIDC-Core-5.3.3")
def test_a_scope_that_lacks_openid_is_insufficient(known: Visit, tenant: Tenant) -> None:
    caller = known.app.caller
    # Its audience is this server only where the tenant's default is, so the token asks for that by name.
    tenant.resource_server(caller.issuer, scopes={"read": "Read"})
    tokens = known.app.tokens(known.browser, known.person, scope="read", resource=caller.issuer)
    answer = userinfo(caller, tokens["access_token"])
    assert (answer.status, answer.error) == (403, "insufficient_scope")
    assert error_of(answer) == "insufficient_scope"


@spec("OIDC-Core-5.3.1")
def test_a_token_for_this_server_and_another_is_accepted(known: Visit, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    tokens = known.app.tokens(known.browser, known.person, scope="openid other:read", resource=OTHER_API)
    token = tokens["access_token"]
    assert unverified(token)[1]["aud"] == [OTHER_API, known.app.caller.issuer]
    assert userinfo(known.app.caller, token).json == {"sub": known.person.sub}


def error_of(answer: Answer) -> str:
    """The error of a challenge, which has to be well-formed (RFC 9110 section 11.6.1)."""
    member = r'[a-z_]+="[\x20-\x21\x23-\x5B\x5D-\x7E]*"'
    challenge = answer.headers["www-authenticate"]
    assert re.fullmatch(rf"Bearer {member}(, {member})*", challenge), challenge
    members = dict(re.findall(r'([a-z_]+)="([^"]*)"', challenge))
    assert set(members) == {"realm", "error", "error_description"}
    return str(members["error"])
