"""Dynamic OP, of what the provider fetches from a party: sector identifiers and keys. Each test
plays a module of the OpenID Foundation's plan.
"""

import json
from typing import Any

import pytest

from tests.certification.client_assertion import asserted, redeemed
from tests.certification.conftest import Parties
from tests.certification.keys import jwks_of, own_key, secret_of
from tests.certification.relying_party import REDIRECT_URI
from tests.support.origin import Origin
from tests.support.traceability import spec

OTHER_URI = "https://other.example.net/callback"


def test_registration_sector_uri(party: Parties, origin: Origin) -> None:
    """Two hosts, one subject: the sector is that of the document."""
    uri = origin.serve("/sector.json", json.dumps([REDIRECT_URI, OTHER_URI]))
    registration: dict[str, Any] = {"subject_type": "pairwise", "sector_identifier_uri": uri}
    one = party(redirect_uris=[REDIRECT_URI], **registration)
    other = party(redirect_uris=[OTHER_URI], **registration)
    subjects = {rp.tokens(rp.authorize())["claims"]["sub"] for rp in (one, other)}
    assert len(subjects) == 1


@spec("OIDC-Registration-7")
def test_registration_sector_bad(party: Parties, origin: Origin) -> None:
    uri = origin.serve("/sector-of-another.json", json.dumps([OTHER_URI]))
    with pytest.raises(AssertionError, match="invalid_client_metadata"):
        party(subject_type="pairwise", sector_identifier_uri=uri)


@spec("OIDC-Core-9")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "EdDSA"])
def test_server_with_private_key_jwt(party: Parties, alg: str) -> None:
    kinds = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
    key = own_key(kinds[alg], kid="own")
    rp = party(
        jwks=jwks_of(key),
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg=alg,
    )
    answer = redeemed(rp, rp.authorize()["code"], key, alg=alg)
    assert rp.verified(answer.json["id_token"], access_token=answer.json["access_token"])
    if alg == "RS256":
        assert redeemed(rp, rp.authorize()["code"], key, alg="PS256").error == "invalid_client"


@spec("OIDC-Core-9")
def test_server_with_client_secret_jwt(party: Parties) -> None:
    rp = party(token_endpoint_auth_method="client_secret_jwt")
    answer = redeemed(rp, rp.authorize()["code"], secret_of(rp.information), alg="HS256")
    assert rp.verified(answer.json["id_token"], access_token=answer.json["access_token"])


def test_registration_jwks_uri_and_rp_key_rotation(party: Parties, origin: Origin) -> None:
    first, second = own_key("RSA", kid="first"), own_key("RSA", kid="second")
    uri = origin.serve("/jwks.json", json.dumps(jwks_of(first)))
    rp = party(jwks_uri=uri, token_endpoint_auth_method="private_key_jwt")
    assert redeemed(rp, rp.authorize()["code"], first).status == 200
    origin.serve("/jwks.json", json.dumps(jwks_of(second)))
    assert redeemed(rp, rp.authorize()["code"], second).status == 200
    assert origin.asked("/jwks.json") == 2
    stranger = own_key("RSA", kid="second")
    assert redeemed(rp, rp.authorize()["code"], stranger).error == "invalid_client"


@spec("OIDC-Core-12.1")
def test_refresh_token_rp_key_rotation(party: Parties, origin: Origin) -> None:
    """Tokens are refreshed by keys that came after those they were got with."""
    first, second = own_key("RSA", kid="first"), own_key("RSA", kid="second")
    uri = origin.serve("/keys-of-refreshing.json", json.dumps(jwks_of(first)))
    rp = party(
        jwks_uri=uri,
        token_endpoint_auth_method="private_key_jwt",
        grant_types=["authorization_code", "refresh_token"],
    )
    response = rp.authorize(scope="openid offline_access", prompt="consent")
    tokens = redeemed(rp, response["code"], first).json
    origin.serve("/keys-of-refreshing.json", json.dumps(jwks_of(second)))
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    again = asserted(rp, second, fields)
    assert again.status == 200, again.body
    claims = rp.verified(again.json["id_token"], nonce=None)
    assert claims["sub"] == rp.verified(tokens["id_token"])["sub"]
