"""OpenID Connect Core section 3.2: ID tokens from the authorization endpoint, without a code."""

import time

import pytest

from tests.support.client_app import unverified, verified
from tests.support.http import Caller
from tests.support.refusal import last_log
from tests.support.response_types import IMPLICIT, every_type_visit, id_token_claims, members
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

ALGS = ["RS256", "ES256", "PS256", "EdDSA"]


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return every_type_visit(caller, tenant)


@spec("OIDC-Core-3.2.2.5")
def test_an_id_token_alone_comes_with_state_and_iss_and_nothing_else(here: Visit) -> None:
    given = members(here, "id_token")
    assert set(given) == {"id_token", "state", "iss", "session_state"}
    assert (given["state"], given["iss"]) == ("a state", here.app.caller.issuer)


@spec("OIDC-Core-3.2.2.5")
@pytest.mark.parametrize("response_type", ["id_token token", "token id_token"])
def test_both_come_with_what_there_is_to_say_of_the_access_token(here: Visit, response_type: str) -> None:
    given = members(here, response_type)
    token = {"access_token", "token_type", "expires_in", "scope"}
    assert set(given) == {"id_token", *token, "state", "iss", "session_state"}
    assert (given["token_type"], given["expires_in"]) == ("Bearer", "600")
    # OpenID Connect Core section 11: without a code, offline_access is ignored.
    assert given["scope"] == "openid profile email"
    userinfo = here.app.caller.get("/userinfo", authorization=f"Bearer {given['access_token']}")
    assert userinfo.json["sub"] == here.person.sub
    claims = verified(given["access_token"], here.app.caller, audience=API)
    assert (claims["sub"], claims["client_id"]) == (here.person.sub, here.app.client.client_id)


@spec("OIDC-Core-3.2.2.9")
@spec("OIDC-Core-3.2.2.11")
@spec("OIDC-Core-16.6")
@spec("OIDC-Core-3.2.2.10")
@pytest.mark.parametrize("response_type", IMPLICIT)
@pytest.mark.parametrize("alg", ALGS)
def test_the_id_token_verifies_by_every_algorithm_and_has_the_hashes(
    caller: Caller, tenant: Tenant, alg: str, response_type: str
) -> None:
    here = every_type_visit(caller, tenant, id_token_signed_response_alg=alg)
    before = int(time.time())
    given = members(here, response_type)
    claims = id_token_claims(here, given)
    assert unverified(given["id_token"])[0]["alg"] == alg
    assert ("at_hash" in claims) is ("token" in response_type.split())
    assert "s_hash" in claims
    assert "c_hash" not in claims
    assert (claims["iss"], claims["sub"]) == (caller.issuer, here.person.sub)
    assert (claims["aud"], claims["nonce"]) == (here.app.client.client_id, "a nonce")
    assert claims["auth_time"] <= claims["iat"]
    assert before <= claims["iat"] <= claims["exp"] - 600 <= time.time()


@spec("OIDC-Core-3.2.2.1")
@pytest.mark.parametrize("nonce", ["n", " a + b ", "ü⚑", "n" * 2_000])
def test_the_nonce_goes_back_byte_for_byte(here: Visit, nonce: str) -> None:
    assert id_token_claims(here, members(here, "id_token", nonce=nonce))["nonce"] == nonce


@spec("OIDC-Core-3.2.2.5")
def test_without_a_state_there_is_none_and_no_hash_of_one(here: Visit) -> None:
    given = members(here, "id_token", state=None)
    assert "state" not in given
    assert "s_hash" not in id_token_claims(here, given)


@spec("OIDC-Core-3.2.2.1")
def test_max_age_and_prompt_are_as_with_codes(here: Visit) -> None:
    assert "auth_time" in id_token_claims(here, members(here, "id_token", max_age="3600", prompt="none"))
    refused = members(here, "id_token", max_age="0", prompt="none")
    assert refused["error"] == "login_required"


@spec("OIDC-Core-16.18")
@spec("OIDC-Core-3.2.2.5")
def test_the_grant_lives_as_long_as_the_token_and_brings_no_other(here: Visit) -> None:
    given = members(here, "id_token token", scope="openid read")
    grant_id = unverified(given["access_token"])[1]["jti"].partition(".")[0]
    grant = here.tenant.table("Grants").find(grant_id=grant_id)
    assert (grant["state"], grant["client_id"]) == ("active", here.app.client.client_id)
    assert (grant["refreshable"], "code_hash" in grant) == (False, False)
    assert grant["exp"] == unverified(given["access_token"])[1]["exp"]


@spec("OIDC-Core-3.2.2.5")
def test_the_access_token_is_introspected_and_revoked_as_any(here: Visit, caller: Caller) -> None:
    auth = (here.tenant.resource_server()[1].client_id, SECRET)
    token = members(here, "id_token token", scope="openid read")["access_token"]
    assert caller.post("/introspect", {"token": token}, auth=auth).json["active"] is True
    assert here.app.post("/revoke", {"token": token}).status == 200
    assert caller.post("/introspect", {"token": token}, auth=auth).json == {"active": False}


@spec("OIDC-Core-16.4")
@spec("OIDC-Core-3.2.2.5")
def test_the_log_has_what_left_and_none_of_it(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    given = members(here, "id_token")
    line = last_log(capsys, given["id_token"], given["id_token"].rpartition(".")[2])
    assert (line["outcome"], "warning" in line) == ("id_token", False)
    assert line["audit"]["type"] == "token_issued"
    both = members(here, "id_token token")
    line = last_log(capsys, both["id_token"], both["access_token"])
    # RFC 9700 section 2.1.2 is about access tokens alone.
    assert (line["outcome"], line["warning"]) == ("token", "implicit_grant")


@spec("OIDC-Core-5.4")
def test_what_the_scope_gives_is_in_an_id_token_that_comes_alone(here: Visit) -> None:
    claims = id_token_claims(here, members(here, "id_token", scope="openid profile email address phone"))
    for name, value in here.person.claims.items():
        assert claims[name] == value
    assert claims["sub"] == here.person.sub
    only_email = id_token_claims(here, members(here, "id_token", scope="openid email"))
    assert only_email["email"] == here.person.claims["email"]
    assert not {"name", "address", "phone_number", "birthdate"} & set(only_email)


@spec("OIDC-Core-5.4")
@pytest.mark.parametrize("response_type", ["id_token token", "code id_token", "code id_token token"])
def test_it_is_at_userinfo_where_there_is_or_will_be_an_access_token(here: Visit, response_type: str) -> None:
    claims = id_token_claims(here, members(here, response_type, scope="openid profile email address phone"))
    assert not {"name", "email", "address", "phone_number"} & set(claims)


@spec("OIDC-Core-5.5")
def test_what_is_asked_for_in_the_id_token_one_by_one_is_there(here: Visit) -> None:
    claims = '{"id_token":{"email":{"essential":true},"name":null}}'
    here.browser.open("/authorize", here.app.request(claims=claims, scope="openid email", prompt="consent"))
    here.browser.consent()
    for response_type in ("id_token", "id_token token", "code id_token"):
        given = members(here, response_type, scope="openid email", claims=claims)
        assert id_token_claims(here, given)["email"] == here.person.claims["email"]
