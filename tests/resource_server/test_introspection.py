"""Tokens that are asked about at the issuer (RFC 7662): the stack's, and answers it would not give."""

import time
from typing import Any

import pytest

from infra.local.stack import LocalStack
from keyturn_resource_server import (
    AccessTokens,
    IntrospectedAccessTokens,
    InvalidTokenError,
    Issuer,
    IssuerUnavailableError,
    JwtAccessTokens,
    JwtOrOpaqueAccessTokens,
)
from tests.support.api_issuer import API, ApiIssuer
from tests.support.http import Caller, HttpTransport
from tests.support.tenant import SECRET, Tenant
from tests.support.visit import visit


def asking(url: str, client_id: str = "api", secret: str = SECRET) -> IntrospectedAccessTokens:
    return IntrospectedAccessTokens(Issuer(url), API, client_id=client_id, client_secret=secret)


def test_a_token_that_was_revoked_is_refused_at_once(stack: LocalStack, tenant: Tenant) -> None:
    tokens = asking(stack.issuer, tenant.resource_server()[1].client_id)
    here = visit(Caller(HttpTransport(stack.issuer)), tenant)
    token = here.app.redeem(here.code(scope="read")).json["access_token"]
    found = tokens.verify(token)
    assert (found.sub, found.client_id) == (here.person.sub, here.app.client.client_id)
    assert here.app.post("/revoke", {"token": token}).status == 200
    with pytest.raises(InvalidTokenError, match="not active"):
        tokens.verify(token)
    assert JwtAccessTokens(Issuer(stack.issuer), API).verify(token).sub == found.sub


def test_a_wrong_secret_says_nothing_of_the_token(stack: LocalStack, tenant: Tenant) -> None:
    tokens = asking(stack.issuer, tenant.resource_server()[1].client_id, "another")
    with pytest.raises(IssuerUnavailableError, match="401"):
        tokens.verify("a-token")


@pytest.mark.parametrize("members", [{}, {"aud": ["https://login.example.com", API]}, {"iss": None}])
def test_what_is_active_and_meant_for_the_api_holds(issuer: ApiIssuer, members: dict[str, Any]) -> None:
    issuer.introspection = {"active": True, **issuer.claims(**members)}
    assert asking(issuer.url).verify("a-token").sub == "ada"


@pytest.mark.parametrize(
    "members",
    [
        {"active": "true"},
        {"active": False},
        {"aud": "https://other.example.com/"},
        {"aud": None},
        {"iss": "https://other.example.com"},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"sub": None},
        {"client_id": None},
    ],
)
def test_anything_else_does_not(issuer: ApiIssuer, members: dict[str, Any]) -> None:
    issuer.introspection = {**issuer.claims(**{"active": True, **members})}
    with pytest.raises(InvalidTokenError):
        asking(issuer.url).verify("a-token")


def test_nothing_is_kept(issuer: ApiIssuer) -> None:
    tokens = asking(issuer.url)
    issuer.introspection = {"active": True, **issuer.claims()}
    tokens.verify("a-token")
    issuer.introspection = {"active": False}
    with pytest.raises(InvalidTokenError):
        tokens.verify("a-token")
    assert issuer.asked == 2


@pytest.fixture
def either(issuer: ApiIssuer) -> AccessTokens:
    return JwtOrOpaqueAccessTokens(JwtAccessTokens(Issuer(issuer.url), API), asking(issuer.url))


@pytest.mark.parametrize("opaque", ["a-token", "grant.1.secret", "...."])
def test_what_is_no_jwt_is_asked_about(either: AccessTokens, issuer: ApiIssuer, opaque: str) -> None:
    issuer.introspection = {"active": True, **issuer.claims(sub="bob")}
    assert either.verify(opaque).sub == "bob"


def test_a_jwt_is_not_and_one_that_does_not_hold_neither(either: AccessTokens, issuer: ApiIssuer) -> None:
    issuer.introspection = {"active": True, **issuer.claims(sub="bob")}
    assert either.verify(issuer.token()).sub == "ada"
    with pytest.raises(InvalidTokenError):
        either.verify(issuer.token(exp=1))
    assert issuer.asked == 0
