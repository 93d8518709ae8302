"""JWKS: the public keys this server signs with (RFC 7517 section 5, RFC 8414 section 2 `jwks_uri`)."""

from functools import cache

from chalicelib.aws.connections import connect_kms
from chalicelib.composition.key_ring import key_ring
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response


@cache
def document() -> Response:
    """The answer, made once an instance: keys come from KMS, and clients may keep them for an hour."""
    return json_response(
        {"keys": [key.jwk for key in key_ring().verification_keys()]},
        headers={"cache-control": "public, max-age=3600", "content-type": "application/jwk-set+json"},
    )


@endpoint("jwks", methods=("GET", "HEAD"), cors=True, prepare=connect_kms)
def handler(request: Request) -> Response:
    """GET /jwks."""
    del request
    return document()
