"""RFC 8414 section 2: what is supported works, what works is announced, at every endpoint."""

from typing import Any

import pytest

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import (
    DEVICE_CODE,
    GRANT_TYPES,
    IMPLICIT,
    JWT_BEARER,
    PASSWORD,
    TOKEN_EXCHANGE,
)
from infra.local.stack import LocalStack
from tests.support.assertions import federation
from tests.support.client_app import ClientApp, path_of
from tests.support.client_key import ASSERTION_TYPE, assertion_claims, client_key, key_client
from tests.support.client_secret import hmac_assertion, hmac_client
from tests.support.device import connect, device
from tests.support.exchange import ACCESS_TOKEN, PAYROLL, middle
from tests.support.http import Answer, Caller
from tests.support.refusal import answered
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit

# Where a person is taken on the way; these are no endpoints a client calls.
PAGES = {"/login", "/login/logo", "/consent", "/device", "/authorize/resume"}
# For developers, where it is switched on; and what a client is told when it registers (RFC 7592 section 3).
NOT_ANNOUNCED = {"/playground", "/playground/{file+}", "/register/{client_id}"}
WELL_KNOWN = {
    f"/.well-known/{name}" for name in ("openid-configuration", "oauth-authorization-server", "webfinger")
}

METHODS = ["none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"]
BY_ASSERTION = {"client_secret_jwt": "HS256", "private_key_jwt": "ES256"}
ENDPOINTS = ["token", "revocation", "introspection"]
EVERY_ALG = ["ES256", "PS256", "RS256", "Ed25519", "EdDSA", "HS256", "HS384", "HS512"]


@pytest.fixture
def metadata(caller: Caller) -> dict[str, Any]:
    document: dict[str, Any] = caller.get("/.well-known/oauth-authorization-server").json
    return document


@spec("RFC8414-3.2")
def test_no_list_is_empty_and_none_says_anything_twice(metadata: dict[str, Any]) -> None:
    lists = {name: value for name, value in metadata.items() if isinstance(value, list)}
    assert [name for name, value in lists.items() if not value or len(set(value)) < len(value)] == []


@spec("RFC8414-2")
def test_every_route_is_announced_or_a_page(stack: LocalStack, metadata: dict[str, Any]) -> None:
    routes = {route.route_key.partition(" ")[2] for route in stack.template.routes}
    announced = {
        path_of(v) for name, v in metadata.items() if name.endswith(("_endpoint", "_uri", "_iframe"))
    }
    assert routes == announced | PAGES | NOT_ANNOUNCED | WELL_KNOWN


TOKEN = {"access_token", "token_type", "expires_in", "scope"}
MEMBERS: dict[str, set[str]] = {
    "code": {"code"},
    "none": set(),
    "token": TOKEN,
    "id_token": {"id_token"},
    "id_token token": {"id_token", *TOKEN},
    "code id_token": {"code", "id_token"},
    "code token": {"code", *TOKEN},
    "code id_token token": {"code", "id_token", *TOKEN},
}
MODES = {"query", "fragment", "form_post"}


@spec("RFC8414-2")
def test_the_authorization_endpoint_serves_its_response_types_and_modes(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    everything = tenant.public_client(
        grant_types=("authorization_code", "implicit", "refresh_token"), response_types=tuple(MEMBERS)
    )
    known = visit(caller, tenant, everything)
    assert set(metadata["response_types_supported"]) == set(MEMBERS)
    assert set(metadata["response_modes_supported"]) == MODES
    for response_type, expected in MEMBERS.items():
        # Multiple Response Type Encoding Practices section 5: a token is in no query.
        for mode in MODES - (set() if response_type in {"code", "none"} else {"query"}):
            answer = known.answer(response_type=response_type, response_mode=mode)
            assert set(answered(answer, known.app, mode=mode)) == {*expected, "state", "iss", "session_state"}
    for mode in ("query.jwt", "jwt", "web_message"):
        assert mode not in metadata["response_modes_supported"]
        assert known.answer(response_mode=mode).query["error"] == "invalid_request"


@spec("RFC9207-3")
def test_the_issuer_is_in_every_authorization_response(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    assert metadata["authorization_response_iss_parameter_supported"] is True
    known = visit(caller, tenant, tenant.public_client())
    for answer in (known.answer(), known.answer(scope="openid", max_age="x"), known.answer(request="x")):
        assert answer.query["iss"] == metadata["issuer"]


@spec("RFC8414-2")
def test_every_code_challenge_method_is_served_and_plain_is_not(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    known = visit(caller, tenant, tenant.public_client())
    for method in metadata["code_challenge_methods_supported"]:
        code = known.answer(code_challenge_method=method).query["code"]
        assert known.app.redeem(code).status == 200
        assert known.app.redeem(known.code(), code_verifier="A" * 43).error == "invalid_grant"
    assert known.answer(code_challenge_method="plain").query["error"] == "invalid_request"


@spec("RFC8414-2")
def test_every_grant_type_gives_tokens_and_no_other_is_known(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    known = visit(caller, tenant, tenant.client(grant_types=(*GRANT_TYPES, PASSWORD)))
    tokens = known.app.redeem(known.code()).json
    tv = device(caller, tenant, known.app.client).ask()
    connect(known.browser, known.person, tv.user_code)
    idp = federation(caller, tenant)
    requests: dict[str, dict[str, str]] = {
        "authorization_code": {
            "code": known.code(),
            "redirect_uri": known.app.redirect_uri,
            "code_verifier": known.app.code_verifier,
        },
        "client_credentials": {},
        "refresh_token": {"refresh_token": tokens["refresh_token"]},
        DEVICE_CODE: {"device_code": tv.asked["device_code"]},
        TOKEN_EXCHANGE: {
            "subject_token": middle(caller, tenant).token(),
            "subject_token_type": ACCESS_TOKEN,
            "resource": PAYROLL,
        },
        JWT_BEARER: {"assertion": idp.assertion()},
        PASSWORD: {"username": known.person.login, "password": known.person.password},
    }
    apps = {TOKEN_EXCHANGE: middle(caller, tenant).api, JWT_BEARER: idp.app}
    # Implicit is one of the authorization endpoint's.
    assert sorted(metadata["grant_types_supported"]) == sorted([*requests, IMPLICIT])
    for grant_type, fields in requests.items():
        answer = apps.get(grant_type, known.app).token({"grant_type": grant_type, **fields})
        assert "access_token" in answer.json, answer.body
    others = [IMPLICIT]
    others += [f"urn:ietf:params:oauth:grant-type:{name}" for name in ("saml2-bearer", "uma-ticket")]
    everything = ClientApp(tenant.client(grant_types=(*requests, *others)), caller)
    for grant_type in others:
        assert everything.token({"grant_type": grant_type}).error == "unsupported_grant_type"


def ask(caller: Caller, tenant: Tenant, endpoint: str, client: Client, **fields: str) -> Answer:
    """The least this endpoint is asked, with the client's own authentication or the fields'."""
    body = {"token": "unknown", **fields}
    path = {"token": "/token", "revocation": "/revoke", "introspection": "/introspect"}[endpoint]
    app = ClientApp(client, caller)
    if endpoint == "token":
        known = visit(caller, tenant, client)
        body = {
            "grant_type": "authorization_code",
            "code": known.code(),
            "redirect_uri": known.app.redirect_uri,
            "code_verifier": known.app.code_verifier,
            **fields,
        }
    if "client_assertion" in fields:
        return caller.post(path, body)
    return app.post(path, body)


@spec("RFC8414-2")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("method", METHODS)
def test_an_endpoint_takes_the_authentication_methods_it_announces(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any], *, endpoint: str, method: str
) -> None:
    announced = method in metadata[f"{endpoint}_endpoint_auth_methods_supported"]
    assert announced is not (endpoint == "introspection" and method == "none")
    if method in BY_ASSERTION:
        client, assertion = asserted(caller, tenant, BY_ASSERTION[method])
    else:
        client, assertion = tenant.client(token_endpoint_auth_method=method, resources=(API,)), {}
    answer = ask(caller, tenant, endpoint, client, **assertion)
    assert (answer.status == 200) is announced, answer.body


@spec("RFC8414-2")
@pytest.mark.parametrize("method", ["tls_client_auth", "self_signed_tls_client_auth"])
def test_no_other_method_is_announced(metadata: dict[str, Any], method: str) -> None:
    for endpoint in ENDPOINTS:
        methods = metadata[f"{endpoint}_endpoint_auth_methods_supported"]
        assert method not in methods
        assert set(methods) <= set(METHODS)


@spec("RFC8414-2")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("alg", EVERY_ALG)
def test_an_endpoint_takes_assertions_of_every_algorithm_it_announces(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any], *, endpoint: str, alg: str
) -> None:
    name = f"{endpoint}_endpoint_auth_signing_alg_values_supported"
    assert sorted(metadata[name]) == sorted(EVERY_ALG)
    client, fields = asserted(caller, tenant, alg)
    assert ask(caller, tenant, endpoint, client, **fields).status == 200


def asserted(caller: Caller, tenant: Tenant, alg: str) -> tuple[Client, dict[str, str]]:
    """A client that authenticates by assertions of this algorithm, and the fields of one."""
    if alg.startswith("HS"):
        client = hmac_client(tenant, resources=(API,), token_endpoint_auth_signing_alg=alg)
        assertion = hmac_assertion(assertion_claims(caller, client), alg=alg)
    else:
        key = client_key(alg)
        client = key_client(tenant, key.jwk(), resources=(API,))
        assertion = key.sign(assertion_claims(caller, client))
    return client, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


@spec("RFC8414-2")
@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_a_method_that_is_not_the_registered_one_is_refused(
    caller: Caller, tenant: Tenant, path: str
) -> None:
    client = tenant.client(token_endpoint_auth_method="client_secret_post", resources=(API,))
    fields = {"grant_type": "client_credentials", "token": "unknown"}
    answer = caller.post(path, fields, auth=(client.client_id, SECRET))
    assert (answer.status, answer.error) == (401, "invalid_client")
