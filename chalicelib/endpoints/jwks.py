"""JWKS: the public keys this server signs with (RFC 7517 section 5, RFC 8414 section 2 `jwks_uri`)."""

from functools import cache, lru_cache

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.kms import KeyRing
from chalicelib.composition.key_ring import key_ring
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.jwk import VerificationKey
from chalicelib.protocol.signing_keys import JWKS_MAX_AGE_SECONDS


@lru_cache(maxsize=1)
def document(published: tuple[VerificationKey, ...]) -> Response:
    """The answer for these keys, made anew when there are others."""
    return json_response(
        {"keys": [key.jwk for key in published]},
        headers={
            "cache-control": f"public, max-age={JWKS_MAX_AGE_SECONDS}",
            "content-type": "application/jwk-set+json",
        },
    )


@cache
def keys() -> KeyRing:
    """Made once an instance."""
    connect_dynamodb()
    connect_kms()
    return key_ring()


@endpoint("jwks", methods=("GET", "HEAD"), cors=True, prepare=keys)
def handler(request: Request) -> Response:
    """GET /jwks."""
    del request
    return document(keys().verification_keys())
