"""JWKS: the public keys this server signs with, and those requests may be encrypted to (RFC 7517 section 5,
RFC 8414 section 2 `jwks_uri`).
"""

import os
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.signing_keys import JWKS_MAX_AGE_SECONDS

if TYPE_CHECKING:
    from chalicelib.aws.kms import KeyRing
    from chalicelib.aws.request_object_keys import RequestObjectKeys
    from chalicelib.protocol.jwk import EncryptionKey, VerificationKey

# AWS Lambda Developer Guide, "Defined runtime environment variables": starts that no request waits for.
_AHEAD = {"provisioned-concurrency", "snap-start"}


@lru_cache(maxsize=1)
def document(
    published: "tuple[VerificationKey, ...]", encryption: "tuple[EncryptionKey, ...]" = ()
) -> Response:
    """The answer for these keys, made anew when there are others."""
    return json_response(
        {"keys": [*(key.jwk for key in published), *(key.jwk for key in encryption)]},
        headers={
            "cache-control": f"public, max-age={JWKS_MAX_AGE_SECONDS}",
            "content-type": "application/jwk-set+json",
        },
    )


@cache
def keys() -> "KeyRing":
    """Made once an instance. What talks to AWS is imported here: it is half of what this function imports,
    and docs/decisions.md says what it costs the first request.
    """
    from chalicelib.aws.connections import connect_dynamodb, connect_kms  # noqa: PLC0415
    from chalicelib.composition.key_ring import key_ring  # noqa: PLC0415

    connect_dynamodb()
    connect_kms()
    return key_ring()


@cache
def encryption_keys() -> "RequestObjectKeys | None":
    """Made once an instance; None where the tenant has none."""
    from chalicelib.composition.request_object_keys import request_object_keys  # noqa: PLC0415
    from chalicelib.gateway.environment import settings  # noqa: PLC0415

    return request_object_keys(settings())


def prepare() -> None:
    """Where nobody waits for the start, all is made in it."""
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") in _AHEAD:
        keys()


@endpoint("jwks", methods=("GET", "HEAD"), cors=True, prepare=prepare)
def handler(request: Request) -> Response:
    """GET /jwks."""
    del request
    encryption = encryption_keys()
    return document(keys().verification_keys(), encryption.published() if encryption else ())
