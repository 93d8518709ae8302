"""The certification profiles Config OP and Dynamic OP: discovery, registration, keys and request objects.
Each test plays a module of the OpenID Foundation's plans.
"""

import json
from typing import Any

import pytest
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from tests.certification.conftest import Parties
from tests.certification.keys import ENCRYPTED, SIGNED, jwks_of, own_key, secret_of
from tests.certification.relying_party import REDIRECT_URI, added
from tests.support.http import Caller
from tests.support.traceability import spec

REQUIRED = (
    "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
    "registration_endpoint", "scopes_supported", "response_types_supported", "subject_types_supported",
    "id_token_signing_alg_values_supported", "claims_supported",
)  # fmt: skip
DYNAMIC = {
    "code", "id_token", "id_token token", "code id_token", "code token", "code id_token token",
}  # fmt: skip


@spec("OIDC-Core-15.3")
@spec("OIDC-Discovery-4")
def test_discovery_endpoint_verification(caller: Caller) -> None:
    answer = caller.get("/.well-known/openid-configuration")
    found = answer.json
    assert answer.headers["content-type"].startswith("application/json")
    assert set(REQUIRED) <= set(found)
    assert found["issuer"] == caller.issuer
    assert set(found["response_types_supported"]) >= DYNAMIC
    assert {"query", "fragment", "form_post"} <= set(found["response_modes_supported"])
    assert {"public", "pairwise"} <= set(found["subject_types_supported"])
    assert set(SIGNED) <= set(found["id_token_signing_alg_values_supported"])
    assert "implicit" in found["grant_types_supported"]
    for member in ("claims", "request", "request_uri"):
        assert found[f"{member}_parameter_supported"] is True
    for url in (value for name, value in found.items() if name.endswith("_endpoint")):
        assert url.startswith(found["issuer"])
    keys = caller.get(found["jwks_uri"].removeprefix(found["issuer"])).json["keys"]
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all("d" not in key for key in keys)


@spec("OIDC-Core-3.1.3.6")
@pytest.mark.parametrize("alg", SIGNED)
def test_idtoken_signature(party: Parties, alg: str) -> None:
    rp = party(id_token_signed_response_alg=alg)
    response = rp.authorize()
    tokens = rp.redeem(response["code"]).json
    if alg == "none":
        header, _, signature = tokens["id_token"].split(".")
        assert signature == ""
        assert header
        return
    rp.verified(
        tokens["id_token"],
        access_token=tokens["access_token"],
        key=secret_of(rp.information) if alg == "HS256" else None,
    )


@pytest.mark.parametrize("response_type", ["id_token", "code id_token"])
@pytest.mark.parametrize("alg", [alg for alg in SIGNED if alg != "none"])
def test_idtoken_signature_of_the_front_channel(party: Parties, alg: str, response_type: str) -> None:
    rp = party(response_type, id_token_signed_response_alg=alg)
    response = rp.authorize()
    key = secret_of(rp.information) if alg == "HS256" else None
    rp.verified(response["id_token"], code=response.members.get("code"), key=key, front=True)


@pytest.mark.parametrize(("alg", "enc"), ENCRYPTED)
def test_idtoken_and_userinfo_encrypted(party: Parties, caller: Caller, alg: str, enc: str) -> None:
    key = own_key("RSA" if alg.startswith("RSA") else "EC", use="enc", kid="enc-1")
    rp = party(
        jwks=jwks_of(key),
        id_token_encrypted_response_alg=alg,
        id_token_encrypted_response_enc=enc,
        userinfo_signed_response_alg="RS256",
        userinfo_encrypted_response_alg=alg,
        userinfo_encrypted_response_enc=enc,
    )
    tokens = rp.redeem(rp.authorize(scope="openid email")["code"]).json
    claims = rp.verified(decrypted(tokens["id_token"], key, alg, enc))
    answer = caller.get(rp.path("userinfo_endpoint"), authorization=f"Bearer {tokens['access_token']}")
    assert answer.headers["content-type"] == "application/jwt"
    inside = JWT(jwt=decrypted(answer.body, key, alg, enc), key=rp.keys(), algs=["RS256"], check_claims={})
    assert json.loads(inside.claims)["sub"] == claims["sub"]


def decrypted(token: str, key: JWK, alg: str, enc: str) -> str:
    opened = JWE(algs=[alg, enc])
    opened.deserialize(token, key=key)
    header = json.loads(opened.objects["protected"])
    assert (header["alg"], header["enc"], header["cty"]) == (alg, enc, "JWT")
    return bytes(opened.payload).decode()


@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256"])
def test_userinfo_signed(party: Parties, caller: Caller, alg: str) -> None:
    rp = party(userinfo_signed_response_alg=alg)
    tokens = rp.tokens(rp.authorize())
    answer = caller.get(rp.path("userinfo_endpoint"), authorization=f"Bearer {tokens['access_token']}")
    assert answer.headers["content-type"] == "application/jwt"
    claims = json.loads(JWT(jwt=answer.body, key=rp.keys(), algs=[alg], check_claims={}).claims)
    assert claims["sub"] == tokens["claims"]["sub"]
    assert (claims["iss"], claims["aud"]) == (rp.metadata["issuer"], rp.client_id)


def test_redirect_uri_query(party: Parties) -> None:
    rp = party(redirect_uris=[added(REDIRECT_URI, foo="bar")])
    answer = rp.go_on(rp.begin())
    assert answer.query["foo"] == "bar"
    assert rp.redeem(answer.query["code"]).status == 200
    for wrong in (REDIRECT_URI, added(REDIRECT_URI, foo="baz"), added(REDIRECT_URI, foo="bar", a="b")):
        answer = rp.begin(redirect_uri=wrong)
        assert (answer.status, "location" in answer.headers) == (400, False)


def test_redirect_uri_with_a_fragment_is_not_registered(party: Parties, source: Any) -> None:
    rp = party()
    document = {"redirect_uris": [REDIRECT_URI + "#fragment"], "client_name": "Fragment"}
    answer = source().send(
        "POST",
        rp.path("registration_endpoint"),
        headers={"content-type": "application/json"},
        body=json.dumps(document).encode(),
    )
    assert (answer.status, answer.error) == (400, "invalid_redirect_uri")


def test_registration_logo_policy_and_terms(party: Parties) -> None:
    """The logo comes from the provider itself, so that its host learns of nobody who signs in."""
    pages: dict[str, Any] = {
        "logo_uri": "https://rp.example.org/logo.png",
        "policy_uri": "https://rp.example.org/policy",
        "tos_uri": "https://rp.example.org/tos",
    }
    rp = party(**pages)
    body = rp.begin().body
    assert f'href="{pages["policy_uri"]}"' in body
    assert f'href="{pages["tos_uri"]}"' in body
    assert '<img class="logo" src="/' in body


def test_pairwise_subjects(party: Parties) -> None:
    one = party(subject_type="pairwise")
    same = party(subject_type="pairwise", redirect_uris=[REDIRECT_URI, REDIRECT_URI + "/2"])
    other = party(subject_type="pairwise", redirect_uris=["https://other.example.org/callback"])
    public = party()
    tokens = [rp.tokens(rp.authorize()) for rp in (one, same, other, public)]
    subjects = [each["claims"]["sub"] for each in tokens]
    assert subjects[0] == subjects[1]
    assert len(set(subjects)) == 3
    assert one.userinfo(tokens[0]["access_token"])["sub"] == subjects[0]
    again = one.silently(id_token_hint=tokens[0]["id_token"])
    assert one.tokens(again)["claims"]["sub"] == subjects[0]
