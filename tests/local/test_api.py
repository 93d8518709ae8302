"""The demo API: which access tokens it accepts, and what it answers to the others."""

import time
from typing import Any

import pytest
from flask.testing import FlaskClient

import keyturn_resource_server.issuer
from examples.api.app import create_app
from tests.support.api_issuer import API, OTHER_KEY, ApiIssuer, signed_by

APP = "https://app.example.com"


@pytest.fixture
def api(issuer: ApiIssuer) -> FlaskClient:
    return create_app(issuer.url, API, allowed_origin=APP).test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    "token",
    [
        {},
        {"typ": "application/at+jwt"},
        {"aud": ["https://login.example.com", API]},
        {"scope": "openid notes:read"},
    ],
)
def test_good_token_is_accepted(api: FlaskClient, issuer: ApiIssuer, token: dict[str, Any]) -> None:
    answer = api.get("/notes", headers=bearer(issuer.token(**token)))
    assert answer.status_code == 200
    assert answer.json == {"notes": []}


@pytest.mark.parametrize(
    "token",
    [
        {"typ": "JWT"},
        {"aud": "https://other.example.com/"},
        {"iss": "https://other.example.com"},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"client_id": None},
        {"key": OTHER_KEY.private},
        {"kid": "two"},
        {"key": "a shared secret of thirty-two bytes", "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
)
def test_bad_token_is_401_with_the_reason(api: FlaskClient, issuer: ApiIssuer, token: dict[str, Any]) -> None:
    answer = api.get("/notes", headers=bearer(issuer.token(**token)))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", error_description="')


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}])
def test_no_token_is_401_and_names_no_error(api: FlaskClient, headers: dict[str, str]) -> None:
    answer = api.get("/notes", headers=headers)
    where = "https://api.example.com/.well-known/oauth-protected-resource"
    challenge = f'Bearer scope="notes:read", resource_metadata="{where}"'
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)


def test_nonsense_as_a_token_is_401(api: FlaskClient) -> None:
    assert api.get("/notes", headers=bearer("nonsense")).status_code == 401


def test_two_tokens_are_400(api: FlaskClient, issuer: ApiIssuer) -> None:
    answer = api.get("/notes", headers={"Authorization": f"Bearer {issuer.token()}, Bearer {issuer.token()}"})
    assert answer.status_code == 400
    assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]


def test_it_says_where_its_tokens_come_from(api: FlaskClient, issuer: ApiIssuer) -> None:
    found = api.get("/.well-known/oauth-protected-resource").json
    assert found == {
        "resource": API,
        "authorization_servers": [issuer.url],
        "scopes_supported": ["notes:read", "notes:write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Notes API",
    }


def test_too_small_a_scope_is_403_and_names_the_one_needed(api: FlaskClient, issuer: ApiIssuer) -> None:
    answer = api.post("/notes", headers=bearer(issuer.token(scope="notes:read")), json={"text": "x"})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="notes:write"' in answer.headers["WWW-Authenticate"]


def test_a_rotated_key_is_fetched_anew(
    api: FlaskClient, issuer: ApiIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyturn_resource_server.issuer, "REFETCH_SECONDS", 0)
    assert api.get("/notes", headers=bearer(issuer.token())).status_code == 200
    issuer.keys = [OTHER_KEY.jwk()]
    assert api.get("/notes", headers=bearer(issuer.token(**signed_by(OTHER_KEY)))).status_code == 200


def test_invented_keys_do_not_make_it_fetch_again_and_again(api: FlaskClient, issuer: ApiIssuer) -> None:
    for number in range(5):
        assert api.get("/notes", headers=bearer(issuer.token(kid=f"k{number}"))).status_code == 401
    assert issuer.fetched == 1


def test_metadata_of_another_issuer_is_not_used(api: FlaskClient, issuer: ApiIssuer) -> None:
    issuer.claimed_issuer = "https://other.example.com"
    assert api.get("/notes", headers=bearer(issuer.token())).status_code == 503


def test_issuer_out_of_reach_is_503_without_a_challenge(api: FlaskClient, issuer: ApiIssuer) -> None:
    token = issuer.token()
    issuer.server.close()
    answer = api.get("/notes", headers=bearer(token))
    assert answer.status_code == 503
    assert "WWW-Authenticate" not in answer.headers


def test_each_caller_has_notes_of_their_own(api: FlaskClient, issuer: ApiIssuer) -> None:
    ada, bob = bearer(issuer.token()), bearer(issuer.token(sub="bob"))
    assert api.post("/notes", headers=ada, json={"text": " one "}).status_code == 201
    assert api.get("/notes", headers=ada).json == {"notes": ["one"]}
    assert api.get("/notes", headers=bob).json == {"notes": []}


NO_NOTES = [b"", b"[]", b"{", b'{"text": 1}', b'{"text": " "}', b'{"text":"%s"}' % (b"a" * 501)]


@pytest.mark.parametrize("body", NO_NOTES)
def test_what_is_no_note_is_400(api: FlaskClient, issuer: ApiIssuer, body: bytes) -> None:
    headers = bearer(issuer.token()) | {"Content-Type": "application/json"}
    assert api.post("/notes", headers=headers, data=body).status_code == 400


def test_too_large_a_body_is_refused(api: FlaskClient, issuer: ApiIssuer) -> None:
    headers = bearer(issuer.token()) | {"Content-Type": "application/json"}
    assert api.post("/notes", headers=headers, data=b" " * 9000).status_code in {400, 413}


def test_notes_are_limited(api: FlaskClient, issuer: ApiIssuer) -> None:
    headers = bearer(issuer.token())
    codes = [api.post("/notes", headers=headers, json={"text": "x"}).status_code for _ in range(101)]
    assert codes == [201] * 100 + [409]


def test_one_web_app_may_call_it(api: FlaskClient) -> None:
    preflight = api.options("/notes", headers={"Origin": APP})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == APP
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
    refused = api.get("/notes", headers={"Origin": APP})
    assert refused.headers["Access-Control-Expose-Headers"] == "www-authenticate"
    other = api.options("/notes", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    assert other.headers["Vary"] == "Origin"
