"""The certification profile Basic OP: the code flow of a client that registered itself. Each test plays a
module of the OpenID Foundation's plan, and is named after it.
"""

import json
import time
from typing import Any

import pytest

from tests.certification.conftest import Parties
from tests.certification.relying_party import REDIRECT_URI, RelyingParty
from tests.support.browser import Browser
from tests.support.http import Caller
from tests.support.traceability import spec

PROFILE = {
    "name": str, "given_name": str, "family_name": str, "middle_name": str, "nickname": str, "profile": str,
    "preferred_username": str, "picture": str, "website": str, "gender": str, "birthdate": str,
    "zoneinfo": str, "locale": str, "updated_at": int,
}  # fmt: skip
OF_SCOPE: dict[str, dict[str, Any]] = {
    "profile": PROFILE,
    "email": {"email": str, "email_verified": bool},
    "address": {"address": dict},
    "phone": {"phone_number": str, "phone_number_verified": bool},
}


@spec("OIDC-Core-3.1")
@spec("OIDC-Core-3.1.1")
@spec("OIDC-Core-3.1.2.5")
@spec("OIDC-Core-3.1.3.1")
@spec("OIDC-Core-15.2")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_server(party: Parties, method: str) -> None:
    rp = party(token_endpoint_auth_method=method)
    tokens = rp.tokens(rp.authorize())
    assert rp.userinfo(tokens["access_token"])["sub"] == tokens["claims"]["sub"]


def test_response_type_missing(party: Parties) -> None:
    rp = party()
    answer = rp.begin(response_type=None)
    rp.refused(answer, "invalid_request", "unsupported_response_type")


def test_userinfo_get_post_header_and_post_body(party: Parties, caller: Caller) -> None:
    rp = party()
    token = rp.tokens(rp.authorize())["access_token"]
    endpoint = rp.path("userinfo_endpoint")
    by_get = rp.userinfo(token)
    by_header = caller.post(endpoint, authorization=f"Bearer {token}")
    by_body = caller.post(endpoint, {"access_token": token})
    assert by_get == by_header.json == by_body.json


def test_ensure_request_without_nonce_succeeds_for_code_flow(party: Parties) -> None:
    rp = party()
    assert "nonce" not in rp.tokens(rp.authorize(nonce=None))["claims"]


@pytest.mark.parametrize("scope", [*OF_SCOPE, " ".join(OF_SCOPE)])
def test_scope(party: Parties, scope: str) -> None:
    rp = party()
    tokens = rp.tokens(rp.authorize(scope=f"openid {scope}"))
    claims = rp.userinfo(tokens["access_token"])
    known = {name: kind for word in scope.split() for name, kind in OF_SCOPE[word].items()}
    assert set(claims) - {"sub"} <= set(known)
    assert len(claims) > 1
    for name, value in claims.items():
        assert type(value) is known.get(name, str), name


def test_ensure_other_scope_order_succeeds(party: Parties) -> None:
    rp = party()
    rp.tokens(rp.authorize(scope="email openid"))


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap", "unknown"])
def test_display(party: Parties, display: str) -> None:
    rp = party()
    rp.tokens(rp.authorize(display=display))


def test_prompt_login(party: Parties) -> None:
    rp = party()
    first = rp.tokens(rp.authorize())["claims"]
    answer = rp.begin(prompt="login")
    assert rp.browser.at("/login")
    time.sleep(1)  # auth_time is in whole seconds
    second = rp.tokens(rp.received(rp.go_on(answer)))["claims"]
    assert second["sub"] == first["sub"]
    assert second["auth_time"] > first["auth_time"]


def test_prompt_none_not_logged_in(party: Parties) -> None:
    rp = party()
    rp.refused(rp.begin(prompt="none"), "login_required", "interaction_required")


def test_prompt_none_logged_in(party: Parties) -> None:
    rp = party()
    first = rp.tokens(rp.authorize())["claims"]
    second = rp.tokens(rp.silently())["claims"]
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_max_age_1(party: Parties) -> None:
    rp = party()
    first = rp.tokens(rp.authorize())["claims"]
    time.sleep(2.1)  # older than max_age, by the provider's clock
    answer = rp.begin(max_age="1")
    assert rp.browser.at("/login")
    second = rp.tokens(rp.received(rp.go_on(answer)))["claims"]
    assert second["auth_time"] > first["auth_time"]


def test_max_age_10000(party: Parties) -> None:
    rp = party()
    first = rp.tokens(rp.authorize())["claims"]
    second = rp.tokens(rp.silently(max_age="10000"))["claims"]
    assert second["auth_time"] == first["auth_time"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"extra": "foobar"},
        {"login_hint": "bob@example.com"},
        {"ui_locales": "se"},
        {"ui_locales": "fr-CA fr en"},
        {"claims_locales": "se"},
        {"acr_values": "1 2"},
        {"acr_values": "urn:mace:incommon:iap:silver"},
    ],
    ids=" ".join,
)
def test_ensure_request_with_what_may_be_ignored_succeeds(party: Parties, parameters: dict[str, str]) -> None:
    rp = party()
    rp.tokens(rp.authorize(**parameters))


def test_id_token_hint(party: Parties) -> None:
    rp = party()
    first = rp.tokens(rp.authorize())
    second = rp.tokens(rp.silently(id_token_hint=first["id_token"]))
    assert second["claims"]["sub"] == first["claims"]["sub"]


@spec("OIDC-Core-15.5.1")
def test_codereuse(party: Parties, caller: Caller) -> None:
    rp = party()
    response = rp.authorize()
    tokens = rp.tokens(response)
    again = rp.redeem(response["code"])
    assert (again.status, again.error) == (400, "invalid_grant")
    used = caller.get(rp.path("userinfo_endpoint"), authorization=f"Bearer {tokens['access_token']}")
    assert used.status == 401


def test_ensure_registered_redirect_uri(party: Parties) -> None:
    rp = party()
    answer = rp.begin(redirect_uri=REDIRECT_URI + "/other")
    assert (answer.status, "location" in answer.headers) == (400, False)


def test_ensure_post_request_succeeds(party: Parties) -> None:
    rp = party()
    rp.tokens(rp.received(rp.go_on(rp.begin(method="POST"))))


def test_claims_essential(party: Parties) -> None:
    rp = party()
    claims = json.dumps({"userinfo": {"name": {"essential": True}}})
    tokens = rp.tokens(rp.authorize(claims=claims))
    assert rp.userinfo(tokens["access_token"])["name"] == "Ada Lovelace"


@spec("OIDC-Core-12.1")
@spec("OIDC-Core-12.3")
def test_refresh_token(party: Parties) -> None:
    registration: dict[str, Any] = {"grant_types": ["authorization_code", "refresh_token"]}
    rp, other = party(**registration), party(**registration)
    tokens = rp.tokens(rp.authorize(scope="openid offline_access", prompt="consent"))
    again = rp.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert again.status == 200, again.body
    # OpenID Connect Core section 12.2: preferably without the nonce.
    claims = rp.verified(again.json["id_token"], nonce=None)
    for name in ("iss", "sub", "aud", "auth_time"):
        assert claims[name] == tokens["claims"][name]
    latest = again.json.get("refresh_token", tokens["refresh_token"])
    stolen = other.token({"grant_type": "refresh_token", "refresh_token": latest})
    assert (stolen.status, stolen.error) == (400, "invalid_grant")


def test_ensure_request_with_valid_pkce_succeeds(party: Parties) -> None:
    rp = party()
    verifier = "a-verifier-of-forty-three-characters-or-more"
    challenge = "y5UF_tmp_ICTDGza-Ou2vUvx2cu7DBN-Xwf_z0RDfTw"
    response = rp.authorize(code_challenge=challenge, code_challenge_method="S256")
    refused = rp.redeem(response["code"])
    assert refused.error == "invalid_grant"
    fields = {"grant_type": "authorization_code", "code": response["code"], "code_verifier": verifier}
    assert rp.token({**fields, "redirect_uri": REDIRECT_URI}).status == 200


def test_two_people_are_two_subjects(party: Parties, source: Any, tenant: Any) -> None:
    rp = party()
    other = RelyingParty(source(), Browser(source()), tenant.person(), registration=rp.registration)
    subjects = {each.tokens(each.authorize())["claims"]["sub"] for each in (rp, other)}
    assert len(subjects) == 2
