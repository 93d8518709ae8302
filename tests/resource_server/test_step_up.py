"""Step-up authentication: RFC 9470 section 3, as the example resource server demands it."""

import re
from typing import Any

import pytest

from keyturn_resource_server import (
    Issuer,
    JwtAccessTokens,
    ProtectedResource,
    RefusedError,
    Request,
    ResourceServer,
    SignIn,
)
from tests.support.api_issuer import API, ApiIssuer

NOW = 1_800_000_000
DEMANDED = SignIn(acr_values=("urn:keyturn:acr:pwd", "phr"), max_age=300, clock=lambda: NOW)


def call(issuer: ApiIssuer, sign_in: SignIn | None, scope: str = "notes:read", **claims: Any) -> None:
    resource = ProtectedResource(resource=API, authorization_servers=(issuer.url,))
    server = ResourceServer(resource, JwtAccessTokens(Issuer(issuer.url), API))
    request = Request(method="GET", url=API, authorization=f"Bearer {issuer.token(**claims)}")
    server.authorize(request, scope, sign_in=sign_in)


@pytest.mark.parametrize(
    ("sign_in", "claims"),
    [
        (None, {}),
        (SignIn(), {}),
        (DEMANDED, {"acr": "phr", "auth_time": NOW - 300}),
        (DEMANDED, {"acr": "urn:keyturn:acr:pwd", "auth_time": NOW}),
        (SignIn(max_age=60, clock=lambda: NOW), {"auth_time": NOW - 60}),
        (SignIn(acr_values=("phr",)), {"acr": "phr"}),
    ],
)
def test_a_sign_in_that_is_as_demanded_is_served(
    issuer: ApiIssuer, sign_in: SignIn | None, claims: dict[str, Any]
) -> None:
    call(issuer, sign_in, **claims)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"acr": "phr"},
        {"auth_time": NOW},
        {"acr": "pwd", "auth_time": NOW},
        {"acr": ["phr"], "auth_time": NOW},
        {"acr": "phr", "auth_time": NOW - 311},
        {"acr": "phr", "auth_time": str(NOW)},
        {"acr": "phr", "auth_time": True},
    ],
)
def test_any_other_is_told_what_to_ask_for(issuer: ApiIssuer, claims: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        call(issuer, DEMANDED, **claims)
    assert refused.value.status == 401
    assert refused.value.error == "insufficient_user_authentication"
    header = refused.value.headers["WWW-Authenticate"]
    told = dict(re.findall(r'([a-z_]+)="([^"]*)"', header))
    assert header.startswith("Bearer error=")
    assert told["error"] == "insufficient_user_authentication"
    assert (told["acr_values"], told["max_age"]) == ("urn:keyturn:acr:pwd phr", "300")
    assert {"scope", "resource_metadata", "error_description"} <= set(told)


def test_what_is_not_demanded_is_not_in_the_challenge(issuer: ApiIssuer) -> None:
    for sign_in, absent in ((SignIn(max_age=60), "acr_values"), (SignIn(acr_values=("phr",)), "max_age")):
        with pytest.raises(RefusedError) as refused:
            call(issuer, sign_in)
        assert f"{absent}=" not in refused.value.headers["WWW-Authenticate"]


def test_scope_comes_first_as_no_sign_in_makes_up_for_it(issuer: ApiIssuer) -> None:
    with pytest.raises(RefusedError) as refused:
        call(issuer, DEMANDED, scope="notes:delete")
    assert refused.value.error == "insufficient_scope"


def test_a_max_age_nobody_could_meet_is_no_demand() -> None:
    with pytest.raises(ValueError, match="60 seconds"):
        SignIn(max_age=0)
