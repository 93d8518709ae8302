"""OpenID Connect Core section 5.1: the standard claims of a person, each in its type."""

import json
from typing import Any

import pytest

from infra.local import seed
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec

# Section 5.1's table, by the scopes of section 5.4.
TYPES: dict[str, dict[str, type]] = {
    "profile": {
        **dict.fromkeys(("name", "family_name", "given_name", "middle_name", "nickname"), str),
        **dict.fromkeys(("preferred_username", "profile", "picture", "website", "gender"), str),
        **dict.fromkeys(("birthdate", "zoneinfo", "locale"), str),
        "updated_at": int,
    },
    "email": {"email": str, "email_verified": bool},
    "address": {"address": dict},
    "phone": {"phone_number": str, "phone_number_verified": bool},
}


@spec("OIDC-Core-13.3")
@spec("OIDC-Core-5.1")
@spec("OIDC-Core-5.4")
@pytest.mark.parametrize("scope", TYPES)
def test_each_scope_gives_all_of_its_claims_typed_as_the_table_has_them(
    caller: Caller, tenant: Tenant, scope: str
) -> None:
    person = tenant.person(**seed._ADA.claims)
    app = ClientApp(tenant.public_client(), caller)
    tokens = app.tokens(Browser(caller), person, scope=f"openid {scope}")
    claims: dict[str, Any] = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").json
    assert {name: type(value) for name, value in claims.items()} == {"sub": str, **TYPES[scope]}


@spec("OIDC-Core-5.1.1")
def test_an_address_has_the_members_of_its_own(caller: Caller, tenant: Tenant) -> None:
    person = tenant.person(**seed._ADA.claims)
    app = ClientApp(tenant.public_client(), caller)
    tokens = app.tokens(Browser(caller), person, scope="openid address")
    address = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").json["address"]
    members = {"formatted", "street_address", "locality", "region", "postal_code", "country"}
    assert set(address) == members
    assert all(type(value) is str for value in address.values())
    # Section 5.1.1: lines are divided by a line feed, or a carriage return with one.
    assert address["formatted"].splitlines() == address["formatted"].split("\n")


@spec("OIDC-Core-5.1.2")
def test_what_an_operator_keeps_beside_these_is_told_to_nobody_who_asks(
    caller: Caller, tenant: Tenant
) -> None:
    """Additional claims of the tenant's own go into tokens by its policy hook (tests/hooks)."""
    person = tenant.person(employee_number="1815", roles=["countess"])
    app = ClientApp(tenant.public_client(), caller)
    asked = {"employee_number": {"essential": True}, "roles": None}
    claims = json.dumps({"userinfo": asked, "id_token": asked})
    scope = "openid profile email address phone"
    tokens = app.tokens(Browser(caller), person, scope=scope, claims=claims)
    userinfo = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").json
    for told in (userinfo, unverified(tokens["id_token"])[1]):
        assert not asked.keys() & told.keys()


@spec("OIDC-Core-5.7")
def test_a_person_stays_who_they_are_whatever_their_claims_become(caller: Caller, tenant: Tenant) -> None:
    app, users = ClientApp(tenant.public_client(), caller), tenant.table("Users")
    one, other = tenant.person(), tenant.person()
    before = unverified(app.tokens(Browser(caller), one)["id_token"])[1]["sub"]
    users.change(users.find(id=f"user#{one.sub}"), claims={"email": "new@example.com", "name": "Countess"})
    users.change(users.find(id=f"user#{other.sub}"), claims=one.claims)
    after = unverified(app.tokens(Browser(caller), one)["id_token"])[1]["sub"]
    # Somebody who has the email and name the first one had is somebody else.
    another = unverified(app.tokens(Browser(caller), other)["id_token"])[1]["sub"]
    assert before == after != another
