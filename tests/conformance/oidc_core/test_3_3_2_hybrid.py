"""OpenID Connect Core section 3.3: a code, and tokens beside it."""

import time

import pytest

from tests.support.client_app import unverified
from tests.support.half_hash import half_hash
from tests.support.http import Caller
from tests.support.opaque import OPAQUE, VAULT, vault
from tests.support.refusal import assert_json_error, last_log
from tests.support.response_types import HYBRID, every_type_visit, id_token_claims, members, redeemed_claims
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

ALGS = ["RS256", "ES256", "PS256", "EdDSA"]
WITH_ID_TOKEN = ["code id_token", "code id_token token"]
WITH_TOKEN = ["code token", "code id_token token"]
PARTS = {"code": {"code"}, "id_token": {"id_token"}}
PARTS["token"] = {"access_token", "token_type", "expires_in", "scope"}


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return every_type_visit(caller, tenant)


def is_active(here: Visit, token: str) -> bool:
    auth = (here.tenant.resource_server()[1].client_id, SECRET)
    active: bool = here.app.caller.post("/introspect", {"token": token}, auth=auth).json["active"]
    return active


@spec("OIDC-Core-3.3.2.5")
@pytest.mark.parametrize("mode", ["fragment", "form_post"])
@pytest.mark.parametrize("response_type", [*HYBRID, "token id_token code", "id_token code"])
def test_each_word_brings_its_members_whatever_their_order(
    here: Visit, response_type: str, mode: str
) -> None:
    given = members(here, response_type, mode=mode)
    expected = set().union(*(PARTS[word] for word in response_type.split()))
    assert set(given) == {*expected, "state", "iss", "session_state"}
    assert (given["state"], given["iss"]) == ("a state", here.app.caller.issuer)


@spec("OIDC-Core-3.3.2.11")
@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
@pytest.mark.parametrize("alg", ALGS)
def test_the_id_token_has_the_hashes_of_all_it_comes_with(
    caller: Caller, tenant: Tenant, alg: str, response_type: str
) -> None:
    here = every_type_visit(caller, tenant, id_token_signed_response_alg=alg)
    claims = id_token_claims(here, members(here, response_type))
    hashes = {"c_hash", "s_hash", *(["at_hash"] if "token" in response_type.split() else [])}
    assert {name for name in claims if name.endswith("_hash")} == hashes
    assert (claims["nonce"], claims["sub"]) == ("a nonce", here.person.sub)


@spec("OIDC-Core-3.3.2.10")
@spec("OIDC-Core-16.11")
@spec("OIDC-Core-3.3.2.11")
def test_a_code_of_another_response_does_not_fit(here: Visit) -> None:
    first, second = (members(here, "code id_token") for _ in range(2))
    c_hash = unverified(first["id_token"])[1]["c_hash"]
    assert c_hash == half_hash(first["code"], "RS256")
    assert c_hash != half_hash(second["code"], "RS256")


@spec("OIDC-Core-3.3.3.1")
@spec("OIDC-Core-3.3.3.3")
@spec("OIDC-Core-3.3.3.6")
@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("response_type", HYBRID)
def test_the_code_is_redeemed_as_any_and_both_id_tokens_are_of_one_sign_in(
    caller: Caller, tenant: Tenant, response_type: str, alg: str
) -> None:
    here = every_type_visit(caller, tenant, id_token_signed_response_alg=alg)
    given = members(here, response_type)
    answer = here.app.redeem(given["code"])
    assert answer.status == 200, answer.body
    assert "refresh_token" in answer.json
    back = redeemed_claims(here, answer.json)
    assert back["nonce"] == "a nonce"
    if "id_token" in given:
        front = id_token_claims(here, given)
        for name in ("iss", "sub", "aud", "nonce", "auth_time", "sid", "acr", "amr"):
            assert front[name] == back[name]


@spec("OIDC-Core-3.3.2.1")
def test_a_code_with_an_access_token_needs_no_nonce(here: Visit) -> None:
    given = members(here, "code token", nonce=None)
    assert "nonce" not in redeemed_claims(here, here.app.redeem(given["code"]).json)


@spec("OIDC-Core-3.3.2.5")
def test_without_openid_a_code_comes_with_an_access_token(here: Visit) -> None:
    given = members(here, "code token", scope="read", nonce=None)
    assert set(given) == {"code", *PARTS["token"], "state", "iss"}
    assert "id_token" not in here.app.redeem(given["code"]).json


@spec("OIDC-Core-3.3.3.8")
@spec("OIDC-Core-3.3.2.5")
@pytest.mark.parametrize("response_type", WITH_TOKEN)
def test_the_access_token_counts_before_the_code_is_redeemed_and_after(
    here: Visit, response_type: str
) -> None:
    given = members(here, response_type, scope="openid read")
    token = given["access_token"]
    assert is_active(here, token)
    assert here.app.caller.get("/userinfo", authorization=f"Bearer {token}").json["sub"] == here.person.sub
    assert here.app.redeem(given["code"]).status == 200
    assert is_active(here, token)


@spec("OIDC-Core-3.3.2.5")
def test_it_counts_when_the_code_has_expired_unused(here: Visit) -> None:
    given = members(here, "code token", scope="read")
    here.change_grant(given["code"], exp=int(time.time()) - 1)
    assert_json_error(here.app.redeem(given["code"]), "invalid_grant")
    assert is_active(here, given["access_token"])


@spec("OIDC-Core-3.3.3.4")
@spec("RFC6749-4.1.2")
@pytest.mark.parametrize("response_type", WITH_TOKEN)
def test_a_replay_of_the_code_ends_the_access_token_that_came_with_it(
    here: Visit, capsys: pytest.CaptureFixture[str], response_type: str
) -> None:
    given = members(here, response_type, scope="openid read")
    redeemed = here.app.redeem(given["code"]).json["access_token"]
    assert is_active(here, given["access_token"])
    capsys.readouterr()
    assert_json_error(here.app.redeem(given["code"]), "invalid_grant")
    assert last_log(capsys)["reason"] == "code_replayed"
    assert [is_active(here, token) for token in (given["access_token"], redeemed)] == [False, False]
    userinfo = here.app.caller.get("/userinfo", authorization=f"Bearer {given['access_token']}")
    assert userinfo.status == 401


@spec("OIDC-Core-3.3.3.2")
@spec("RFC6749-4.1.2")
def test_a_wrong_guess_of_the_code_ends_nothing(here: Visit) -> None:
    given = members(here, "code token", scope="read")
    assert_json_error(here.app.redeem(given["code"], code_verifier="A" * 43), "invalid_grant")
    assert is_active(here, given["access_token"])
    assert here.app.redeem(given["code"]).status == 200


@spec("RFC7009-2.1")
def test_revoking_the_refresh_token_ends_the_access_token_of_the_front_too(here: Visit) -> None:
    given = members(here, "code token")
    refresh_token = here.app.redeem(given["code"]).json["refresh_token"]
    assert is_active(here, given["access_token"])
    assert here.app.post("/revoke", {"token": refresh_token}).status == 200
    assert not is_active(here, given["access_token"])


@spec("OIDC-Core-3.3.2.5")
def test_an_opaque_access_token_is_hashed_as_it_is(caller: Caller, tenant: Tenant, here: Visit) -> None:
    vault(caller, tenant)
    asked = {"resource": VAULT, "scope": "openid read"}
    here.browser.open("/authorize", here.app.request(prompt="consent", **asked))
    here.browser.consent()
    given = members(here, "code id_token token", **asked)
    assert OPAQUE.fullmatch(given["access_token"])
    assert "at_hash" in id_token_claims(here, given)
    assert "at_hash" in id_token_claims(here, here.app.redeem(given["code"], resource=VAULT).json)


@spec("OIDC-Core-3.3.2.5")
def test_the_grant_is_one_and_written_once(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    given = members(here, "code id_token token")
    grant_id = given["code"].partition(".")[0]
    assert unverified(given["access_token"])[1]["jti"].startswith(f"{grant_id}.")
    line = last_log(capsys, given["code"], given["id_token"], given["access_token"])
    assert (line["outcome"], line["warning"], line["grant_id"]) == ("token", "implicit_grant", grant_id)
    grant = here.grant(given["code"])
    assert (grant["state"], grant["nonce"]) == ("approved", "a nonce")


@spec("OIDC-Core-8.1")
def test_a_pairwise_subject_is_the_same_in_everything_that_leaves(caller: Caller, tenant: Tenant) -> None:
    here = every_type_visit(caller, tenant, subject_type="pairwise")
    given = members(here, "code id_token token")
    found = here.app.redeem(given["code"]).json
    tokens = (given["id_token"], given["access_token"], found["id_token"], found["access_token"])
    (sub,) = {unverified(token)[1]["sub"] for token in tokens}
    assert sub != here.person.sub
    assert len({unverified(token)[1]["sid"] for token in (given["id_token"], found["id_token"])}) == 1
    assert here.person.sub not in str([unverified(token)[1] for token in tokens])
