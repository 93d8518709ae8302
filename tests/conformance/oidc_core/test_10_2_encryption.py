"""OpenID Connect Core section 10.2: ID tokens encrypted to a key of the client's, signed before."""

from itertools import product
from typing import Any

import pytest
from jwcrypto.jwe import InvalidJWEData

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import CONTENT_ENCRYPTIONS, ENCRYPTION_ALGORITHMS
from tests.support.client_app import unverified, verified
from tests.support.encryption_key import decrypted, encrypted_client, encryption_key, public_jwk
from tests.support.http import Answer, Caller
from tests.support.refusal import last_log
from tests.support.response_types import ALL, WITH_ID_TOKEN, id_token_claims, members
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import visit


def client_with(tenant: Tenant, *keys: dict[str, Any], alg: str = "ECDH-ES", **changes: Any) -> Client:
    return tenant.public_client(
        **{
            "jwks": {"keys": list(keys)},
            "id_token_encrypted_response_alg": alg,
            "id_token_encrypted_response_enc": "A128CBC-HS256",
            **changes,
        }
    )


def redeemed(caller: Caller, tenant: Tenant, client: Client) -> Answer:
    known = visit(caller, tenant, client)
    return known.app.redeem(known.code())


@spec("OIDC-Core-16.14")
@spec("OIDC-Core-10.2")
@pytest.mark.parametrize(("alg", "enc"), list(product(ENCRYPTION_ALGORITHMS, CONTENT_ENCRYPTIONS)))
def test_an_id_token_is_signed_then_encrypted(caller: Caller, tenant: Tenant, alg: str, enc: str) -> None:
    key = encryption_key("RSA" if alg.startswith("RSA") else "P-256")
    client = client_with(tenant, public_jwk(key), alg=alg, id_token_encrypted_response_enc=enc)
    header, content = decrypted(redeemed(caller, tenant, client).json["id_token"], key)
    assert {name: header[name] for name in ("alg", "enc", "cty", "kid")} == {
        "alg": alg,
        "enc": enc,
        "cty": "JWT",
        "kid": "enc",
    }
    claims = verified(content.decode(), caller, audience=client.client_id)
    assert claims["nonce"] == "a nonce"


@spec("RFC7518-4.6")
@pytest.mark.parametrize("curve", ["P-384", "P-521", "X25519"])
def test_keys_of_other_curves_agree_as_well(caller: Caller, tenant: Tenant, curve: str) -> None:
    key = encryption_key(curve)
    header, content = decrypted(
        redeemed(caller, tenant, client_with(tenant, public_jwk(key))).json["id_token"], key
    )
    assert header["epk"]["crv"] == curve
    assert verified(content.decode(), caller)


@spec("OIDC-Core-10.2")
def test_what_has_no_signature_can_be_encrypted_too(caller: Caller, tenant: Tenant) -> None:
    key = encryption_key()
    client = client_with(tenant, public_jwk(key), id_token_signed_response_alg="none")
    header, content = decrypted(redeemed(caller, tenant, client).json["id_token"], key)
    assert header["cty"] == "JWT"
    assert unverified(content.decode())[0]["alg"] == "none"


@spec("OIDC-Core-10.2")
def test_two_id_tokens_have_nothing_in_common(caller: Caller, tenant: Tenant) -> None:
    """Each has a key, an ephemeral key and an initialization vector of its own."""
    client = client_with(tenant, public_jwk(encryption_key()))
    first, second = (redeemed(caller, tenant, client).json["id_token"].split(".") for _ in range(2))
    assert not set(first[2:]) & set(second[2:])
    assert first[0] != second[0]


@spec("OIDC-Core-16.5")
@spec("OIDC-Core-10.2")
def test_nobody_else_reads_it(caller: Caller, tenant: Tenant) -> None:
    token = redeemed(caller, tenant, client_with(tenant, public_jwk(encryption_key()))).json["id_token"]
    with pytest.raises(InvalidJWEData):
        decrypted(token, encryption_key("P-256", "of another"))


CHOSEN: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a key for encryption before one that says nothing": (
        [public_jwk(encryption_key("P-256", "any"), use=None), public_jwk(encryption_key("P-256", "enc"))],
        "enc",
    ),
    "never one for signatures": (
        [
            public_jwk(encryption_key("P-256", "sig"), use="sig"),
            public_jwk(encryption_key("P-256", "any"), use=None),
        ],
        "any",
    ),
    "the one of its algorithm": (
        [
            public_jwk(encryption_key("P-256", "wrap"), alg="ECDH-ES+A256KW"),
            public_jwk(encryption_key("P-256", "enc"), alg="ECDH-ES"),
        ],
        "enc",
    ),
    "the one of its kind": (
        [public_jwk(encryption_key("RSA", "rsa")), public_jwk(encryption_key("P-256", "enc"))],
        "enc",
    ),
    "none whose operations are others": (
        [
            public_jwk(encryption_key("P-256", "verify"), key_ops=["verify"]),
            public_jwk(encryption_key("P-256", "enc"), key_ops=["deriveKey"]),
        ],
        "enc",
    ),
    "none that is not public": (
        [
            {**public_jwk(encryption_key("P-256", "mine")), "d": "AQAB"},
            public_jwk(encryption_key("P-256", "enc")),
        ],
        "enc",
    ),
}


@spec("RFC7517-4.2")
@pytest.mark.parametrize("case", CHOSEN)
def test_of_several_keys_the_fit_one_is_encrypted_to(caller: Caller, tenant: Tenant, case: str) -> None:
    keys, kid = CHOSEN[case]
    token = redeemed(caller, tenant, client_with(tenant, *keys)).json["id_token"]
    header, _ = decrypted(token, encryption_key("P-256", kid))
    assert header["kid"] == kid


def without_kid() -> dict[str, Any]:
    return public_jwk(encryption_key("P-256", "enc"), kid=None)


def test_a_key_without_a_name_is_not_named(caller: Caller, tenant: Tenant) -> None:
    token = redeemed(caller, tenant, client_with(tenant, without_kid())).json["id_token"]
    assert "kid" not in decrypted(token, encryption_key("P-256", "enc"))[0]


def on_no_curve() -> dict[str, Any]:
    """The invalid curve attack (RFC 7518 section 8): a point that is none."""
    key = public_jwk(encryption_key())
    return {**key, "y": key["x"]}


UNFIT: dict[str, tuple[list[Any], str]] = {
    "no key at all": ([], "ECDH-ES"),
    "a key of another kind": ([public_jwk(encryption_key("RSA"))], "ECDH-ES"),
    "a key for signatures": ([public_jwk(encryption_key(), use="sig")], "ECDH-ES"),
    "a key for another algorithm": ([public_jwk(encryption_key(), alg="ECDH-ES+A128KW")], "ECDH-ES"),
    "a secret": ([{"kty": "oct", "k": "c2VjcmV0", "use": "enc"}], "ECDH-ES"),
    "a point on no curve": ([on_no_curve()], "ECDH-ES"),
    "a point of a curve of its own": ([{**public_jwk(encryption_key()), "crv": "P-999"}], "ECDH-ES"),
    "a point of order one": ([{"kty": "OKP", "crv": "X25519", "x": "A" * 43, "use": "enc"}], "ECDH-ES"),
    "a point without a coordinate": ([{"kty": "EC", "crv": "P-256", "x": "A" * 43, "use": "enc"}], "ECDH-ES"),
    "an RSA key of 1024 bits": ([{"kty": "RSA", "n": "_" * 171, "e": "AQAB", "use": "enc"}], "RSA-OAEP-256"),
    "an RSA key of 16384 bits": ([{"kty": "RSA", "n": "_" * 2731, "e": "AQAB"}], "RSA-OAEP-256"),
    "an RSA key without an exponent": ([{"kty": "RSA", "n": "_" * 342}], "RSA-OAEP-256"),
    "no JWK": (["key", 7, {}], "ECDH-ES"),
}


@spec("OIDC-Core-10.2")
@pytest.mark.parametrize("case", UNFIT)
def test_a_client_without_a_fit_key_is_told_and_its_code_is_not_burnt(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    keys, alg = UNFIT[case]
    client = client_with(tenant, *keys, alg=alg)
    known = visit(caller, tenant, client)
    code = known.code()
    answer = known.app.redeem(code)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert last_log(capsys, code)["reason"] == "client_key_missing"
    assert known.grant(code)["state"] == "approved"


@spec("OIDC-Discovery-3")
def test_what_is_announced_is_what_the_first_test_tried(caller: Caller) -> None:
    metadata = caller.get("/.well-known/openid-configuration").json
    for what in ("id_token", "userinfo"):
        assert metadata[f"{what}_encryption_alg_values_supported"] == list(ENCRYPTION_ALGORITHMS)
        assert metadata[f"{what}_encryption_enc_values_supported"] == list(CONTENT_ENCRYPTIONS)


@spec("OIDC-Core-10.2")
@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_one_that_comes_through_the_browser_is_encrypted_as_well(
    caller: Caller, tenant: Tenant, response_type: str
) -> None:
    key = encryption_key()
    here = visit(caller, tenant, encrypted_client(tenant, **every_type_members()))
    given = members(here, response_type)
    header, content = decrypted(given["id_token"], key)
    assert header["cty"] == "JWT"
    assert id_token_claims(here, {**given, "id_token": content.decode()})["sub"] == here.person.sub


@spec("OIDC-Core-10.2")
def test_where_it_cannot_be_encrypted_nothing_comes_through_the_browser(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    client = encrypted_client(tenant, **every_type_members(), jwks={"keys": []})
    here = visit(caller, tenant, client)
    given = here.answer(response_type="code id_token").fragment
    assert (given["error"], set(given) & {"code", "id_token"}) == ("invalid_request", set())
    assert last_log(capsys)["reason"] == "client_key_missing"


def every_type_members() -> dict[str, Any]:
    return {"grant_types": ("authorization_code", "implicit", "refresh_token"), "response_types": ALL}
