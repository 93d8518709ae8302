"""Dynamic OP, of what the provider fetches from a party: sector identifiers and keys. Each test
plays a module of the OpenID Foundation's plan.
"""

import json
import time
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from tests.certification.conftest import Parties
from tests.certification.keys import jwks_of, own_key
from tests.certification.relying_party import REDIRECT_URI, RelyingParty
from tests.support.http import Answer
from tests.support.origin import Origin
from tests.support.traceability import spec

OTHER_URI = "https://other.example.net/callback"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


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


def assertion(rp: RelyingParty, key: JWK, jti: str) -> str:
    now = int(time.time())
    claims = {"iss": rp.client_id, "sub": rp.client_id, "aud": rp.metadata["issuer"]}
    token = JWT(
        header={"alg": "RS256", "kid": key["kid"]},
        claims={**claims, "jti": jti, "iat": now, "exp": now + 60},
    )
    token.make_signed_token(key)
    return str(token.serialize())


def redeem(rp: RelyingParty, code: str, key: JWK) -> Answer:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion(rp, key, code),
    }
    return rp.registrar.post(rp.path("token_endpoint"), fields)


def test_registration_jwks_uri_and_rp_key_rotation(party: Parties, origin: Origin) -> None:
    first, second = own_key("RSA", kid="first"), own_key("RSA", kid="second")
    uri = origin.serve("/jwks.json", json.dumps(jwks_of(first)))
    rp = party(jwks_uri=uri, token_endpoint_auth_method="private_key_jwt")
    assert redeem(rp, rp.authorize()["code"], first).status == 200
    origin.serve("/jwks.json", json.dumps(jwks_of(second)))
    assert redeem(rp, rp.authorize()["code"], second).status == 200
    assert origin.asked("/jwks.json") == 2
    stranger = own_key("RSA", kid="second")
    assert redeem(rp, rp.authorize()["code"], stranger).error == "invalid_client"
