"""OpenID Connect Core section 5.3.2: the UserInfo response in the form a client registered."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from chalicelib.protocol.client import Client
from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.client_secret import hs256_client
from tests.support.encryption_key import decrypted, encryption_key, public_jwk
from tests.support.http import Answer, Caller
from tests.support.opaque import VAULT
from tests.support.refusal import last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

KEY = encryption_key()
ENCRYPTED = {
    "jwks": {"keys": [public_jwk(KEY)]},
    "userinfo_encrypted_response_alg": "ECDH-ES",
    "userinfo_encrypted_response_enc": "A256GCM",
}
ASKED: dict[str, Callable[[Caller, str], Answer]] = {
    "GET": lambda caller, token: caller.get("/userinfo", authorization=f"Bearer {token}"),
    "POST with a header": lambda caller, token: caller.send(
        "POST", "/userinfo", headers={"authorization": f"Bearer {token}"}
    ),
    "POST with a form": lambda caller, token: caller.post("/userinfo", {"access_token": token}),
}


def token_of(caller: Caller, tenant: Tenant, client: Client) -> tuple[Visit, str]:
    known = visit(caller, tenant, client)
    token: str = known.app.redeem(known.code(scope="openid email")).json["access_token"]
    return known, token


def check_signed(text: str, caller: Caller, client: Client, *, alg: str) -> dict[str, Any]:
    """By PyJWT, with the published key of this algorithm or the client's secret."""
    header = jwt.get_unverified_header(text)
    assert header["alg"] == alg
    key: Any = SECRET
    if alg != "HS256":
        keys = caller.get("/jwks").json["keys"]
        key = jwt.PyJWK(next(one for one in keys if one["kid"] == header["kid"]), algorithm=alg).key
    claims: dict[str, Any] = jwt.decode(
        text, key, algorithms=[alg], audience=client.client_id, issuer=caller.issuer
    )
    return claims


@spec("OIDC-Core-5.3.2")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "EdDSA", "HS256"])
@pytest.mark.parametrize("how", ASKED)
def test_a_registered_algorithm_signs_the_response(
    caller: Caller, tenant: Tenant, how: str, alg: str
) -> None:
    changes: dict[str, Any] = {"userinfo_signed_response_alg": alg, "id_token_signed_response_alg": "RS256"}
    client = hs256_client(tenant, **changes) if alg == "HS256" else tenant.client(**changes)
    known, token = token_of(caller, tenant, client)
    answer = ASKED[how](caller, token)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/jwt")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    claims = check_signed(answer.body, caller, client, alg=alg)
    assert (claims["sub"], claims["email"]) == (known.person.sub, "ada@example.com")
    assert set(claims) == {"iss", "aud", "iat", "sub", "email", "email_verified"}


@spec("OIDC-Core-5.3.2")
def test_none_is_a_jwt_without_a_signature(caller: Caller, tenant: Tenant) -> None:
    _, token = token_of(caller, tenant, tenant.client(userinfo_signed_response_alg="none"))
    answer = ASKED["GET"](caller, token)
    assert answer.headers["content-type"] == "application/jwt"
    assert unverified(answer.body)[0] == {"alg": "none", "typ": "JWT"}
    assert answer.body.endswith(".")


@spec("OIDC-Core-5.3.2")
def test_without_a_signature_what_is_encrypted_is_the_json(caller: Caller, tenant: Tenant) -> None:
    known, token = token_of(caller, tenant, tenant.client(**ENCRYPTED))
    answer = ASKED["GET"](caller, token)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/jwt")
    header, content = decrypted(answer.body, KEY)
    assert "cty" not in header
    assert json.loads(content)["sub"] == known.person.sub


@spec("OIDC-Core-16.14")
@pytest.mark.parametrize("how", ASKED)
def test_with_both_it_is_signed_then_encrypted(caller: Caller, tenant: Tenant, how: str) -> None:
    client = tenant.client(**ENCRYPTED, userinfo_signed_response_alg="ES256")
    known, token = token_of(caller, tenant, client)
    header, content = decrypted(ASKED[how](caller, token).body, KEY)
    assert (header["cty"], header["enc"]) == ("JWT", "A256GCM")
    assert check_signed(content.decode(), caller, client, alg="ES256")["sub"] == known.person.sub


@spec("OIDC-Core-5.3.2")
def test_an_opaque_token_brings_the_same(caller: Caller, tenant: Tenant) -> None:
    tenant.resource_server(VAULT, access_token_format="opaque")
    client = tenant.client(**ENCRYPTED, userinfo_signed_response_alg="RS256")
    app, person = ClientApp(client, caller), tenant.person()
    tokens = app.tokens(Browser(caller), person, scope="openid email", resource=VAULT)
    assert tokens["access_token"].startswith("keyturn_at_")
    _, content = decrypted(ASKED["GET"](caller, tokens["access_token"]).body, KEY)
    claims = check_signed(content.decode(), caller, client, alg="RS256")
    assert claims["sub"] == check_signed(tokens["id_token"], caller, client, alg="RS256")["sub"] == person.sub


@spec("OIDC-Core-5.3.3")
@pytest.mark.parametrize("how", ["GET", "POST with a form"])
def test_an_error_is_json_whatever_is_registered(
    stack: LocalStack, caller: Caller, tenant: Tenant, how: str
) -> None:
    known, token = token_of(caller, tenant, tenant.client(**ENCRYPTED))
    known.app.post("/revoke", {"token": token})
    with nothing_written(stack):
        answer = ASKED[how](caller, token)
    assert (answer.status, answer.error) == (401, "invalid_token")
    assert answer.headers["content-type"] == "application/json"


@spec("OIDC-Core-5.3.3")
def test_a_client_without_a_key_to_encrypt_to_gets_nothing_in_the_clear(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"keys": [public_jwk(KEY, use="sig")]}
    known, token = token_of(caller, tenant, tenant.client(**{**ENCRYPTED, "jwks": keys}))
    with nothing_written(stack):
        answer = ASKED["GET"](caller, token)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]
    assert known.person.sub not in answer.body
    assert last_log(capsys, token)["reason"] == "client_key_missing"


@spec("RFC8725-3.12")
def test_a_signed_response_is_no_id_token_hint(caller: Caller, tenant: Tenant) -> None:
    known, token = token_of(caller, tenant, tenant.client(userinfo_signed_response_alg="RS256"))
    response = ASKED["GET"](caller, token).body
    assert known.answer(id_token_hint=response).query["error"] == "invalid_request"
