"""The certification profiles Implicit OP, Hybrid OP and Form Post OP: every response type in every mode it
may have. Each test plays a module of the OpenID Foundation's plans.
"""

import json
from typing import Any

import pytest

from tests.certification.conftest import Parties
from tests.certification.relying_party import RelyingParty
from tests.support.http import Caller
from tests.support.traceability import spec

FRONT = ("id_token", "id_token token", "code id_token", "code token", "code id_token token")
MODES: list[Any] = [
    pytest.param(response_type, mode, id=f"{response_type.replace(' ', '+')} {mode or 'fragment'}")
    for response_type in FRONT
    for mode in (None, "form_post")
]
front = pytest.mark.parametrize(("response_type", "mode"), MODES)
WITH_ID_TOKEN = [one for one in FRONT if "id_token" in one]


def of_front_channel(rp: RelyingParty, members: Any) -> dict[str, Any]:
    """The claims of the ID token that came with the response."""
    return rp.verified(
        members["id_token"],
        access_token=members.get("access_token"),
        code=members.get("code"),
        front=True,
    )


@spec("OIDC-Core-3.2")
@spec("OIDC-Core-3.2.1")
@spec("OIDC-Core-3.3")
@spec("OIDC-Core-3.3.1")
@spec("OAuth-Multiple-Response-Types-2")
@front
def test_server(party: Parties, response_type: str, mode: str | None) -> None:
    rp = party(response_type, mode)
    response = rp.authorize()
    subjects = set()
    if "id_token" in rp.words:
        subjects.add(of_front_channel(rp, response.members)["sub"])
    if "token" in rp.words:
        assert response["token_type"].lower() == "bearer"
        assert int(response["expires_in"]) > 0
        subjects.add(rp.userinfo(response["access_token"])["sub"])
    if "code" in rp.words:
        tokens = rp.tokens(response)
        subjects |= {tokens["claims"]["sub"], rp.userinfo(tokens["access_token"])["sub"]}
    assert len(subjects) == 1


def test_form_post_of_a_code(party: Parties) -> None:
    rp = party("code", "form_post")
    rp.tokens(rp.authorize())


def test_form_post_error(party: Parties) -> None:
    rp = party("code", "form_post")
    rp.refused(rp.begin(prompt="none"), "login_required")


@spec("OAuth-Multiple-Response-Types-7")
@pytest.mark.parametrize("response_type", FRONT)
def test_response_mode_query_is_refused(party: Parties, response_type: str) -> None:
    """What holds tokens must not come in a query: the error comes in the fragment, and no token."""
    rp = party(response_type)
    answer = rp.begin(response_mode="query")
    assert answer.location.startswith(rp.sent["redirect_uri"] + "#error=")


@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_ensure_request_without_nonce_fails(party: Parties, response_type: str) -> None:
    rp = party(response_type)
    rp.refused(rp.begin(nonce=None), "invalid_request")


def test_ensure_request_without_nonce_succeeds_for_code_token(party: Parties) -> None:
    rp = party("code token")
    rp.tokens(rp.authorize(nonce=None))


@spec("OIDC-Core-3.2.2.3")
@spec("OIDC-Core-3.3.2.3")
@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_prompt_none(party: Parties, response_type: str) -> None:
    rp = party(response_type)
    rp.refused(rp.begin(prompt="none"), "login_required", "interaction_required")
    first = of_front_channel(rp, rp.authorize().members)
    again = of_front_channel(rp, rp.silently().members)
    assert (again["sub"], again["auth_time"]) == (first["sub"], first["auth_time"])


def test_scope_claims_in_the_id_token_where_no_access_token_is_given(party: Parties) -> None:
    """OpenID Connect Core section 5.4."""
    rp = party("id_token")
    claims = of_front_channel(rp, rp.authorize(scope="openid email").members)
    assert claims["email"] == "ada@example.com"
    rp = party("id_token token")
    assert "email" not in of_front_channel(rp, rp.authorize(scope="openid email").members)


@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_claims_of_the_id_token(party: Parties, response_type: str) -> None:
    rp = party(response_type)
    claims = json.dumps({"id_token": {"auth_time": {"essential": True}, "given_name": None}})
    found = of_front_channel(rp, rp.authorize(claims=claims).members)
    assert found["given_name"] == "Ada"
    assert isinstance(found["auth_time"], int)


@pytest.mark.parametrize("response_type", ["code token", "code id_token token"])
def test_codereuse(party: Parties, caller: Caller, response_type: str) -> None:
    """A code used twice takes the access token of the front channel with it."""
    rp = party(response_type)
    response = rp.authorize()
    rp.tokens(response)
    assert rp.redeem(response["code"]).error == "invalid_grant"
    endpoint = rp.path("userinfo_endpoint")
    assert caller.get(endpoint, authorization=f"Bearer {response['access_token']}").status == 401


def test_a_client_gets_no_response_type_it_is_not_registered_for(party: Parties) -> None:
    rp = party("code")
    for response_type in FRONT:
        answer = rp.begin(response_type=response_type)
        rp.refused(answer, "unauthorized_client")


def test_none_gives_nothing(party: Parties) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices section 4."""
    rp = party("none")
    assert set(rp.authorize().members) - {"session_state"} == {"state", "iss"}
