"""Access tokens that are JWTs: which hold. tests/local/test_api.py has the rest of RFC 9068 section 4."""

import hmac
import json
import time
from typing import Any

import jwt
import pytest

from infra.local.http_server import LoopbackServer
from keyturn_resource_server import (
    AccessTokens,
    InvalidTokenError,
    Issuer,
    IssuerUnavailableError,
    JwtAccessTokens,
)
from tests.support.api_issuer import API, KEY, OTHER_KEY, ApiIssuer, signed_by
from tests.support.client_key import client_key
from tests.support.dpop import base64url

RSA = client_key("RS256", "rsa")


@pytest.fixture
def tokens(issuer: ApiIssuer) -> AccessTokens:
    return JwtAccessTokens(Issuer(issuer.url), API)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_an_rsa_key_serves_both_algorithms(tokens: AccessTokens, issuer: ApiIssuer, algorithm: str) -> None:
    issuer.keys = [RSA.jwk(alg=None)]
    found = tokens.verify(issuer.token(**signed_by(RSA, algorithm=algorithm)))
    assert (found.sub, found.client_id, sorted(found.scope)) == ("ada", "app", ["notes:read", "notes:write"])


def test_an_ed25519_key_serves_eddsa_alone(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    key = client_key("EdDSA", "ed")
    issuer.keys = [key.jwk(alg=None)]
    assert tokens.verify(issuer.token(**signed_by(key, algorithm="EdDSA"))).sub == "ada"
    issuer.keys = [RSA.jwk(alg=None), key.jwk(alg=None)]
    with pytest.raises(InvalidTokenError):
        tokens.verify(issuer.token(**{**signed_by(RSA, algorithm="RS256"), "kid": "ed"}))


def test_who_calls_for_nothing_in_particular_has_no_scope(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    assert tokens.verify(issuer.token(scope=None)).scope == frozenset()
    assert tokens.verify(issuer.token(scope=["notes:read"])).scope == frozenset()


@pytest.mark.parametrize(
    "made",
    [
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"sub": 7},
        {"client_id": ["app"]},
        {"exp": "never"},
        {"aud": []},
        {"aud": "https://api.example.com"},
        {"jti": None},
    ],
)
def test_what_does_not_hold_is_refused(tokens: AccessTokens, issuer: ApiIssuer, made: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.verify(issuer.token(**made))


def test_clocks_may_differ_by_seconds(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    now = int(time.time())
    for token in (issuer.token(exp=now - 1), issuer.token(iat=now + 5), issuer.token(nbf=now + 5)):
        assert tokens.verify(token).sub == "ada"


def test_a_key_of_another_type_than_the_algorithms_is_none(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    issuer.keys = [RSA.jwk(kid="one")]
    with pytest.raises(InvalidTokenError, match="unknown key"):
        tokens.verify(issuer.token())


def test_a_published_key_is_nobodys_secret(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    parts = ({"alg": "HS256", "typ": "at+jwt", "kid": "one"}, issuer.claims())
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    signature = base64url(hmac.digest(KEY.pem(), signed.encode(), "sha256"))
    with pytest.raises(InvalidTokenError, match="algorithm"):
        tokens.verify(f"{signed}.{signature}")


def test_a_token_brings_no_key(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    header = {"typ": "at+jwt", "kid": "two", "jwk": OTHER_KEY.jwk(), "jku": f"{issuer.url}/keys"}
    with pytest.raises(InvalidTokenError):
        tokens.verify(jwt.encode(issuer.claims(), OTHER_KEY.private, "ES256", headers=header))


def test_without_keys_nothing_can_be_said(tokens: AccessTokens, issuer: ApiIssuer) -> None:
    issuer.keys = []
    with pytest.raises(IssuerUnavailableError):
        tokens.verify(issuer.token())


def test_an_issuer_that_comes_back_is_asked_again(issuer: ApiIssuer) -> None:
    server = LoopbackServer()
    tokens = JwtAccessTokens(Issuer(f"http://localhost:{server.port}"), API)
    server.close()
    with pytest.raises(IssuerUnavailableError):
        tokens.verify(issuer.token())
