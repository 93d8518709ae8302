"""OpenID Connect Core section 10.1: ID tokens signed with the client's secret, and those not signed."""

import base64
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import ID_TOKEN_ALGORITHMS
from tests.support.client_app import unverified
from tests.support.client_secret import OTHER, ciphertext, hs256_client
from tests.support.half_hash import half_hash
from tests.support.http import Caller
from tests.support.opaque import VAULT, vault
from tests.support.refusal import last_log
from tests.support.response_types import ALL, WITH_ID_TOKEN, members
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit

SHORT = "only-thirty-one-characters-long"


def id_token_of(caller: Caller, tenant: Tenant, client: Client) -> str:
    known = visit(caller, tenant, client)
    token: str = known.app.redeem(known.code()).json["id_token"]
    return token


def claims_by_secret(token: str, secret: str, caller: Caller, client: Client) -> dict[str, Any]:
    """As PyJWT and jwcrypto both verify it."""
    jws = JWS()
    jws.deserialize(token, JWK(kty="oct", k=_encoded(secret)), alg="HS256")
    claims: dict[str, Any] = jwt.decode(
        token, secret, algorithms=["HS256"], audience=client.client_id, issuer=caller.issuer
    )
    return claims


@spec("OIDC-Core-10.1")
@spec("OIDC-Core-16.19")
def test_hs256_is_an_hmac_by_the_octets_of_the_secret(caller: Caller, tenant: Tenant) -> None:
    client = hs256_client(tenant)
    token = id_token_of(caller, tenant, client)
    assert unverified(token)[0] == {"alg": "HS256", "typ": "JWT"}
    claims = claims_by_secret(token, SECRET, caller, client)
    assert claims["nonce"] == "a nonce"
    with pytest.raises(jwt.InvalidSignatureError):
        claims_by_secret_alone(token, OTHER)


@spec("OIDC-Core-10.1")
def test_the_secret_of_now_signs_while_the_former_one_is_good_too(caller: Caller, tenant: Tenant) -> None:
    client = hs256_client(tenant, SECRET, OTHER, former_secrets_expire_at=int(time.time()) + 600)
    assert claims_by_secret(id_token_of(caller, tenant, client), SECRET, caller, client)


@spec("OIDC-Core-2")
def test_none_is_sent_to_a_client_that_registered_it(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client(id_token_signed_response_alg="none")
    token = id_token_of(caller, tenant, client)
    header, claims = unverified(token)
    assert header == {"alg": "none", "typ": "JWT"}
    assert token.endswith(".")
    assert token.count(".") == 2
    assert (claims["aud"], claims["nonce"]) == (client.client_id, "a nonce")


@spec("OIDC-Core-10.1")
@pytest.mark.parametrize("alg", ["none", "RS256"])
def test_one_that_is_not_signed_has_no_hash_to_go_by(caller: Caller, tenant: Tenant, alg: str) -> None:
    """Beside an opaque access token, whose hash there would be otherwise."""
    vault(caller, tenant)
    known = visit(caller, tenant, tenant.client(id_token_signed_response_alg=alg))
    known.browser.open("/authorize", known.app.request(prompt="consent", resource=VAULT, scope="openid read"))
    code = known.browser.consent().query["code"]
    _, claims = unverified(known.app.redeem(code).json["id_token"])
    assert ("at_hash" in claims) is (alg == "RS256")


@spec("OIDC-Core-10.1")
@pytest.mark.parametrize("alg", ["HS256", "none"])
def test_the_access_token_beside_it_is_signed_by_the_servers_key(
    caller: Caller, tenant: Tenant, alg: str
) -> None:
    client = hs256_client(tenant) if alg == "HS256" else tenant.client(id_token_signed_response_alg=alg)
    known = visit(caller, tenant, client)
    tokens = known.app.redeem(known.code()).json
    assert unverified(tokens["access_token"])[0]["alg"] == "ES256"
    assert caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").status == 200
    refreshed = known.app.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert unverified(refreshed.json["id_token"])[0]["alg"] == alg


UNREADABLE: dict[str, Callable[[str], tuple[str, ...]]] = {
    "of another client": lambda _: (ciphertext("another client", SECRET),),
    "under no key of this tenant": lambda _: (base64.b64encode(b"nothing of KMS").decode(),),
    "too short": lambda client_id: (ciphertext(client_id, SHORT),),
    "not kept": lambda _: (),
}


@spec("RFC7518-3.2")
@pytest.mark.parametrize("case", UNREADABLE)
def test_a_secret_that_cannot_be_used_fails_clearly_and_burns_no_code(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client_id = tenant.client().client_id
    client = hs256_client(tenant, client_id=client_id, client_secret_ciphertexts=UNREADABLE[case](client_id))
    known = visit(caller, tenant, client)
    code = known.code()
    answer = known.app.redeem(code)
    assert (answer.status, answer.error) == (503, "temporarily_unavailable")
    assert last_log(capsys, code)["reason"] == "client_secret_unreadable"
    assert known.grant(code)["state"] == "approved"


def claims_by_secret_alone(token: str, secret: str) -> Any:
    return jwt.decode(token, secret, algorithms=["HS256"], options={"verify_aud": False})


def _encoded(secret: str) -> str:
    return base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()


@spec("OIDC-Discovery-3")
def test_every_algorithm_that_is_announced_signs_id_tokens_and_userinfo(
    caller: Caller, tenant: Tenant
) -> None:
    metadata = caller.get("/.well-known/openid-configuration").json
    announced = metadata["id_token_signing_alg_values_supported"]
    assert sorted(announced) == sorted(ID_TOKEN_ALGORITHMS)
    assert metadata["userinfo_signing_alg_values_supported"] == announced
    for alg in announced:
        changes = {"id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg}
        client = hs256_client(tenant, **changes) if alg == "HS256" else tenant.client(**changes)
        known = visit(caller, tenant, client)
        tokens = known.app.redeem(known.code()).json
        answer = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
        assert unverified(tokens["id_token"])[0]["alg"] == unverified(answer.body)[0]["alg"] == alg


@spec("OIDC-Core-10.1")
@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_one_that_comes_through_the_browser_is_by_the_secret_as_well(
    caller: Caller, tenant: Tenant, response_type: str
) -> None:
    flows = {"grant_types": ("authorization_code", "implicit"), "response_types": ALL}
    client = hs256_client(tenant, **flows)
    given = members(visit(caller, tenant, client), response_type)
    claims = claims_by_secret(given["id_token"], SECRET, caller, client)
    beside = {"at_hash": "access_token", "c_hash": "code"}
    for name, member in beside.items():
        assert claims.get(name) == (half_hash(given[member], "HS256") if member in given else None)
