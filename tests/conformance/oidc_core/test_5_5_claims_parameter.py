"""OpenID Connect Core section 5.5: what a client asks for claim by claim, and where it is told."""

import html
import json
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.refusal import last_log
from tests.support.tenant import ADA, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import listening, nothing_written

SCOPE = "openid"
# Of a whole token response, which no claim of a person may change.
OWN = {"iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid"}


def asked(**places: Any) -> str:
    return json.dumps(places)


def tokens(known: Visit, claims: str, scope: str = SCOPE, **changes: str) -> dict[str, Any]:
    """The tokens of a person who allows what is asked."""
    answer = known.browser.authorize(known.person, known.app.request(scope=scope, claims=claims, **changes))
    redeemed = known.app.redeem(answer.query["code"])
    assert redeemed.status == 200, redeemed.body
    told: dict[str, Any] = redeemed.json
    return told


def in_id_token(told: dict[str, Any]) -> dict[str, Any]:
    claims = unverified(told["id_token"])[1]
    return {name: value for name, value in claims.items() if name not in OWN and not name.endswith("_hash")}


def at_userinfo(known: Visit, told: dict[str, Any]) -> dict[str, Any]:
    answer = known.app.caller.get("/userinfo", authorization=f"Bearer {told['access_token']}")
    assert answer.status == 200
    claims: dict[str, Any] = answer.json
    assert claims.pop("sub") == known.person.sub
    return claims


@spec("OIDC-Core-5.5")
@pytest.mark.parametrize(
    "said",
    [None, {}, {"essential": True}, {"essential": False}, {"unheard_of": [1]}, {"value": "Ada Lovelace"}],
    ids=json.dumps,
)
def test_a_claim_is_told_where_it_was_asked_for_and_nowhere_else(known: Visit, said: Any) -> None:
    told = tokens(known, asked(userinfo={"name": said}))
    assert (at_userinfo(known, told), in_id_token(told)) == ({"name": ADA["name"]}, {})
    told = tokens(known, asked(id_token={"name": said}))
    assert (at_userinfo(known, told), in_id_token(told)) == ({}, {"name": ADA["name"]})


@spec("OIDC-Core-5.5")
def test_claims_come_in_their_types_beside_those_of_the_scope(known: Visit) -> None:
    names = ("email", "email_verified", "phone_number_verified", "address", "updated_at")
    told = tokens(
        known, asked(id_token=dict.fromkeys(names), userinfo={"address": None}), scope="openid phone"
    )
    assert in_id_token(told) == {name: ADA[name] for name in names}
    phone = ("phone_number", "phone_number_verified")
    assert at_userinfo(known, told) == {name: ADA[name] for name in (*phone, "address")}


@spec("OIDC-Core-5.5.1")
@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        ({"value": "ada@example.com"}, True),
        ({"values": ["else@example.com", "ada@example.com"]}, True),
        ({"value": "else@example.com"}, False),
        ({"values": ["else@example.com"], "essential": True}, False),
        ({"value": True}, False),
        ({"value": None}, False),
    ],
)
def test_a_value_asked_for_is_told_only_where_it_is_the_persons(
    known: Visit, *, said: Any, is_told: bool
) -> None:
    told = tokens(known, asked(id_token={"email": said}, userinfo={"email": said}))
    expected = {"email": ADA["email"]} if is_told else {}
    assert (in_id_token(told), at_userinfo(known, told)) == (expected, expected)


@spec("OIDC-Core-5.5.1")
def test_one_is_not_true(known: Visit) -> None:
    """What Python takes for equal."""
    assert in_id_token(tokens(known, asked(id_token={"email_verified": {"value": 1}}))) == {}
    assert in_id_token(tokens(known, asked(id_token={"email_verified": {"value": True}}))) != {}


@spec("OIDC-Core-5.5")
def test_what_nobody_knows_is_ignored_wherever_it_stands(known: Visit) -> None:
    claims = asked(
        userinfo={"http://example.info/claims/groups": None, "password": {"essential": True}},
        id_token={"iss": {"value": "https://evil.example"}, "aud": None, "login": None, "": None},
        verified_claims={"claims": {"name": None}},
        other=[1, 2],
    )
    told = tokens(known, claims)
    assert (in_id_token(told), at_userinfo(known, told)) == ({}, {})
    assert unverified(told["id_token"])[1]["iss"] == known.app.caller.issuer


@spec("OIDC-Core-5.5.1")
def test_an_essential_claim_nobody_has_is_no_error(known: Visit) -> None:
    told = tokens(known, asked(id_token={"zoneinfo": {"essential": True}}, userinfo={"gender": None}))
    assert (in_id_token(told), at_userinfo(known, told)) == ({}, {})


@spec("OIDC-Core-5.5")
def test_without_openid_it_is_no_authentication_request_and_asks_for_nothing(known: Visit) -> None:
    claims = asked(userinfo={"gender": None}, id_token={"sub": {"value": "another"}, "name": None})
    answer = known.answer(scope="read", claims=claims, claims_locales="fr", prompt="none")
    assert "claims" not in known.grant(answer.query["code"])
    assert known.answer(scope="openid", claims=claims, prompt="none").query["error"] == "login_required"


@spec("OIDC-Core-12.2")
def test_refreshed_id_tokens_have_them_too_as_they_are_then(caller: Caller, tenant: Tenant) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    claims = asked(id_token={"nickname": None, "name": None})
    first = app.tokens(Browser(caller), person, claims=claims)
    assert in_id_token(first) == {"name": ADA["name"]}
    users = tenant.table("Users")
    users.change(users.find(id=f"user#{person.sub}"), claims={"nickname": "Countess"})
    assert in_id_token(app.refresh(first["refresh_token"]).json) == {"nickname": "Countess"}


@spec("OIDC-Core-5.5")
def test_the_person_is_read_for_an_id_token_only_where_it_was_asked_to_tell_of_them(
    stack: LocalStack, known: Visit
) -> None:
    for claims, reads in [
        (None, 0),
        (asked(userinfo={"name": None}), 0),
        (asked(id_token={"acr": None, "unheard_of": None}), 0),
        (asked(id_token={"name": None}), 1),
    ]:
        request = known.app.request(scope=SCOPE, claims=claims)
        code = known.browser.authorize(known.person, request).query["code"]
        with listening(stack) as wire:
            assert known.app.redeem(code).status == 200
        assert len([body for _, body in wire.seen if f"user#{known.person.sub}".encode() in body]) == reads


@spec("OIDC-Core-5.5")
def test_of_somebody_signed_out_meanwhile_nothing_is_told(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    code = app.code(Browser(caller), person, claims=asked(id_token={"name": None}))
    tenant.disable(person)
    answer = app.redeem(code)
    assert (answer.status, answer.error) == (400, "invalid_grant")
    assert last_log(capsys)["reason"] == "grant_revoked"


@spec("OIDC-Core-17.1")
@spec("OIDC-Core-5.5")
def test_a_person_is_asked_for_each_claim_beyond_the_scope_once(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    claims = asked(userinfo={"birthdate": None}, id_token={"phone_number": None, "birthdate": None})
    browser.authorize(person, app.request(scope="openid profile"))
    # What was allowed by scope is not asked for again; a phone number was not.
    page = browser.open("/authorize", app.request(scope="openid profile", claims=claims))
    assert browser.at("/consent")
    assert "See your phone number" in html.unescape(page.body)
    assert "See your date of birth" not in html.unescape(page.body)
    assert "code" in browser.consent().query
    for scope in ("openid profile", "openid"):
        assert "code" in browser.open("/authorize", app.request(scope=scope, claims=claims)).query
    # Another claim, or the scope it is of, was not among what they allowed.
    for request in (
        app.request(scope="openid profile", claims=asked(id_token={"phone_number_verified": None})),
        app.request(scope="openid profile phone"),
        app.request(scope="openid", claims=asked(userinfo={"email": None})),
    ):
        with nothing_written(stack):
            refused = browser.open("/authorize", {**request, "prompt": "none"})
        assert refused.query["error"] == "consent_required"


@spec("OIDC-Core-5.5")
def test_a_client_gets_no_claim_its_registered_scope_could_not_ask_for(
    caller: Caller, tenant: Tenant
) -> None:
    known = visit(caller, tenant, tenant.public_client(scope=("openid", "email")))
    claims = asked(id_token={"email": None, "phone_number": None}, userinfo={"name": None, "name#ja": None})
    told = tokens(known, claims)
    assert (in_id_token(told), at_userinfo(known, told)) == ({"email": ADA["email"]}, {})
