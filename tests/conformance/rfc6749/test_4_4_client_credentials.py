"""RFC 6749 section 4.4: a client that acts for itself."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp, unverified, verified
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OPENID, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

GRANT = {"grant_type": "client_credentials"}


@spec("RFC6749-4.4.3")
def test_client_gets_an_access_token_about_itself(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.client(), caller)
    with unchanged():
        answer = app.token({**GRANT, "scope": "read"})
    claims = verified(answer.json["access_token"], caller, audience=API)
    assert claims["sub"] == claims["client_id"] == app.client.client_id
    assert claims["scope"] == answer.json["scope"] == "read"
    assert claims["exp"] - claims["iat"] == answer.json["expires_in"] == 600
    # RFC 9068 section 2.2.1: nobody signed in.
    assert not {"auth_time", "acr", "amr", "sid", "nonce"} & set(claims)
    assert unverified(answer.json["access_token"])[0]["typ"] == "at+jwt"


@spec("RFC6749-4.4.3")
def test_there_is_no_refresh_token_and_no_id_token(caller: Caller, tenant: Tenant) -> None:
    answer = ClientApp(tenant.client(), caller).token(GRANT)
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "scope"}


@spec("RFC6749-4.4.2")
def test_each_token_is_another(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.client(), caller)
    tokens = [unverified(app.token(GRANT).json["access_token"])[1]["jti"] for _ in range(5)]
    assert len(set(tokens)) == 5


@spec("RFC6749-4.4.2")
@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (None, "read write"),
        ("", "read write"),
        ("write", "write"),
        ("write read", "write read"),
        ("read read", "read"),
        ("  read  ", "read"),
    ],
)
def test_the_scope_granted_is_told(caller: Caller, tenant: Tenant, scope: str | None, granted: str) -> None:
    answer = ClientApp(tenant.client(), caller).token({**GRANT, "scope": scope})
    assert answer.json["scope"] == granted
    assert unverified(answer.json["access_token"])[1]["scope"] == granted


@spec("RFC6749-3.3")
def test_client_without_scopes_gets_a_token_without(caller: Caller, tenant: Tenant) -> None:
    answer = ClientApp(tenant.client(scope=()), caller).token(GRANT)
    assert set(answer.json) == {"access_token", "token_type", "expires_in"}
    assert "scope" not in unverified(answer.json["access_token"])[1]


SCOPES = {
    **{f"{scope} (needs a person)": (scope, "scope_unknown") for scope in OPENID},
    "openid among others": ("read openid", "scope_unknown"),
    "unknown": ("read fly", "scope_unknown"),
    "other case": ("READ", "scope_unknown"),
    "another resource's": ("other:read", "scope_unknown"),
    "not the client's": ("write", "scope_not_allowed"),
    "some not the client's": ("read write", "scope_not_allowed"),
    "a quote": ('read"', "scope_malformed"),
    "a backslash": ("re\\ad", "scope_malformed"),
    "a tab": ("read\twrite", "scope_malformed"),
    "no ASCII": ("réad", "scope_malformed"),
    "too many": (" ".join(f"s{number}" for number in range(101)), "scope_malformed"),
}


@spec("RFC6749-4.4.2")
@pytest.mark.parametrize("case", SCOPES)
def test_a_scope_the_client_can_not_have_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    scope, reason = SCOPES[case]
    app = ClientApp(tenant.client(scope=(*OPENID, "read", "other:read")), caller)
    with unchanged():
        answer = app.token({**GRANT, "scope": scope})
    assert_json_error(answer, "invalid_scope")
    assert last_log(capsys)["reason"] == reason


CLIENTS: dict[str, tuple[dict[str, Any], str]] = {
    "public": ({"token_endpoint_auth_method": "none", "client_secret_hashes": ()}, "client_public"),
    "not registered for it": ({"grant_types": ("authorization_code",)}, "grant_type_not_allowed"),
    "registered for nothing": ({"grant_types": ()}, "grant_type_not_allowed"),
}


@spec("RFC6749-4.4")
@pytest.mark.parametrize("case", CLIENTS)
def test_only_confidential_clients_registered_for_it_may(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = CLIENTS[case]
    app = ClientApp(tenant.client(**changes), caller)
    with unchanged():
        answer = app.token(GRANT)
    assert_json_error(answer, "unauthorized_client")
    assert last_log(capsys)["reason"] == reason


@spec("RFC6749-4.4.2")
def test_a_named_resource_is_the_audience(caller: Caller, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    app = ClientApp(tenant.client(), caller)
    answer = app.token({**GRANT, "resource": OTHER_API, "scope": "other:read"})
    assert verified(answer.json["access_token"], caller, audience=OTHER_API)["scope"] == "other:read"


@spec("RFC6749-4.4.2")
def test_a_resource_servers_own_lifetime_and_algorithm_hold(caller: Caller, tenant: Tenant) -> None:
    resource = "https://short.example.com/"
    tenant.resource_server(resource, access_token_lifetime=120, access_token_signing_alg="PS256")
    answer = ClientApp(tenant.client(), caller).token({**GRANT, "resource": resource})
    token = answer.json["access_token"]
    claims = verified(token, caller, audience=resource)
    assert unverified(token)[0]["alg"] == "PS256"
    assert claims["exp"] - claims["iat"] == answer.json["expires_in"] == 120
