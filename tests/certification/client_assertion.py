"""Assertions by which relying parties authenticate: RFC 7523, OpenID Connect Core section 9."""

import secrets
import time

from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from tests.certification.relying_party import RelyingParty
from tests.support.http import Answer

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client_assertion(rp: RelyingParty, key: JWK, *, alg: str = "RS256") -> str:
    now = int(time.time())
    claims = {
        "iss": rp.client_id,
        "sub": rp.client_id,
        "aud": rp.metadata["issuer"],
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    header = {"alg": alg, **({"kid": key["kid"]} if "kid" in key else {})}
    token = JWT(header=header, claims=claims, algs=[alg])
    token.make_signed_token(key)
    return str(token.serialize())


def asserted(rp: RelyingParty, key: JWK, fields: dict[str, str], *, alg: str = "RS256") -> Answer:
    """A token request of a party that authenticates by an assertion."""
    assertion = client_assertion(rp, key, alg=alg)
    return rp.registrar.post(
        rp.path("token_endpoint"),
        {**fields, "client_assertion_type": JWT_BEARER, "client_assertion": assertion},
    )


def redeemed(rp: RelyingParty, code: str, key: JWK, *, alg: str = "RS256") -> Answer:
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": rp.sent["redirect_uri"]}
    return asserted(rp, key, fields, alg=alg)
