"""RFC 9701 section 5: what the JWT says, and to whom."""

import time
from typing import Any

import jwt
import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.http import Caller
from tests.support.introspection import JWT_ANSWER, Api
from tests.support.opaque import VAULT, opaque, vault
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit
from tests.support.wire import nothing_written


@spec("RFC9701-5")
def test_the_jwt_is_for_the_one_that_asks_and_holds_what_json_would_say(
    api: Api, token: str, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = api.ask(token, accept=None).json
    with nothing_written(stack):
        answer = api.ask(token)
    line = last_log(capsys, SECRET, token, answer.body)
    assert (line["outcome"], line["kms_calls"]) == ("active", 1)
    assert answer.headers["cache-control"] == "no-store"
    claims = api.claims(answer)
    assert set(claims) == {"iss", "aud", "iat", "token_introspection"}
    assert claims["aud"] == api.client.client_id
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["token_introspection"] == plain
    assert plain["active"] is True


@spec("RFC9701-5")
def test_a_persons_opaque_token_is_told_alike(caller: Caller, tenant: Tenant) -> None:
    here, api = visit(caller, tenant), Api(vault(caller, tenant).client, caller)
    token = opaque(here.app.redeem(here.code(scope="openid read", resource=VAULT)))
    told = api.told(token)
    assert (told["active"], told["sub"], told["aud"]) == (True, here.person.sub, VAULT)
    assert (told["scope"], told["iss"]) == ("read", caller.issuer)
    here.app.post("/revoke", {"token": token})
    assert api.told(token) == {"active": False}


@spec("RFC9701-5")
def test_a_token_that_is_not_for_it_is_inactive_and_nothing_more(
    api: Api, token: str, caller: Caller, tenant: Tenant
) -> None:
    tenant.resource_server(OTHER_API)
    service = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "resource": OTHER_API}
    for shown in ("nothing", token[:-2], service.token(fields).json["access_token"]):
        claims = api.claims(api.ask(shown))
        assert set(claims) == {"iss", "aud", "iat", "token_introspection"}
        assert claims["token_introspection"] == {"active": False}


@spec("RFC9701-5")
def test_of_a_token_for_several_it_tells_what_is_its_own(api: Api, caller: Caller, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    service = ClientApp(tenant.client(), caller)
    answer = service.token({"grant_type": "client_credentials", "resource": [API, OTHER_API]})
    told = api.told(answer.json["access_token"])
    assert (told["aud"], told["scope"]) == (API, "read write")


# Who is not authenticated, and whether they tried.
UNAUTHENTICATED: dict[str, tuple[dict[str, Any], str | None, str, int, str]] = {
    "nobody": ({}, None, "invalid_request", 400, "client_missing"),
    "a name alone": ({"client_id": "own"}, None, "invalid_request", 400, "client_missing"),
    "a public client": ({"client_id": "public"}, None, "invalid_request", 400, "client_missing"),
    "an empty secret": (
        {"client_id": "own", "client_secret": ""}, None, "invalid_request", 400, "client_missing",
    ),
    "an access token": ({}, "Bearer abc", "invalid_client", 401, "authorization_scheme"),
    "a secret by another method": (
        {"client_id": "own", "client_secret": SECRET}, None, "invalid_client", 401, "client_auth_method",
    ),
    "a wrong secret": ({}, "wrong", "invalid_client", 401, "client_secret_wrong"),
}  # fmt: skip


@spec("RFC9701-5")
@pytest.mark.parametrize("case", UNAUTHENTICATED)
def test_a_request_that_authenticates_nobody_is_refused(
    *,
    api: Api,
    token: str,
    caller: Caller,
    tenant: Tenant,
    stack: LocalStack,
    case: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fields, authorization, error, status, reason = UNAUTHENTICATED[case]
    names = {"own": api.client.client_id, "public": tenant.public_client(resources=(API,)).client_id}
    sent = {name: names.get(value, value) for name, value in fields.items()}
    auth = (api.client.client_id, "wrong") if authorization == "wrong" else None
    headers = {"authorization": authorization} if authorization and auth is None else {}
    with nothing_written(stack):
        answer = caller.post("/introspect", {"token": token, **sent}, auth=auth, accept=JWT_ANSWER, **headers)
    assert_json_error(answer, error, status=status)
    assert last_log(capsys, SECRET, token)["reason"] == reason


@spec("RFC9701-5")
def test_an_error_is_never_signed(api: Api) -> None:
    answer = api.ask("")
    assert_json_error(answer, "invalid_request")


@spec("RFC9701-6")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "EdDSA"])
def test_the_algorithm_is_the_registered_one_of_those_announced(
    caller: Caller, tenant: Tenant, token: str, alg: str
) -> None:
    client = tenant.client(
        grant_types=(), redirect_uris=(), resources=(API,), introspection_signed_response_alg=alg
    )
    api = Api(client, caller)
    assert api.claims(api.ask(token), alg=alg)["token_introspection"]["active"] is True
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"):
        metadata = caller.get(path).json
        assert alg in metadata["introspection_signing_alg_values_supported"]
        assert len(metadata["introspection_signing_alg_values_supported"]) == 4
        assert not [name for name in metadata if name.startswith("introspection_encryption")]


@spec("RFC9701-8.1")
def test_the_answer_looks_like_no_token(api: Api, token: str) -> None:
    answer = api.ask(token).body
    header, claims = unverified(answer)
    assert header["typ"] == "token-introspection+jwt"
    assert not {"sub", "exp", "client_id", "scope", "jti", "nonce"} & set(claims)
    with pytest.raises(jwt.MissingRequiredClaimError):
        verified(answer, api.caller, audience=API)
