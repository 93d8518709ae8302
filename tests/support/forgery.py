"""Tokens nobody was issued: signed with the tenant's own keys, or made to look as if they were."""

import base64
import hmac
import json
import os
from typing import Any

import boto3
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.aws.signing_keys import read_signing_keys
from tests.support.client_app import unverified
from tests.support.http import Caller

# The key's type in the JWKS and KMS's name of the algorithm.
_KEYS = {
    "ES256": ("EC", "ECDSA_SHA_256"),
    "RS256": ("RSA", "RSASSA_PKCS1_V1_5_SHA_256"),
    "PS256": ("RSA", "RSASSA_PSS_SHA_256"),
    "EdDSA": ("OKP", "ED25519_SHA_512"),
}


def server_key(caller: Caller, alg: str = "ES256") -> dict[str, str]:
    """The published key that serves an algorithm."""
    keys: list[dict[str, str]] = caller.get("/jwks").json["keys"]
    return next(key for key in keys if key["kty"] == _KEYS[alg][0])


def sign_as_server(caller: Caller, claims: dict[str, Any], *, alg: str = "ES256", **header: Any) -> str:
    """A token with the tenant's own signature, as only a fault or another of its endpoints could make."""
    kty, algorithm = _KEYS[alg]
    keys = read_signing_keys(os.environ["CLIENTS_TABLE"])
    kid = server_key(caller, alg)["kid"]
    signed = _join({"alg": alg, "typ": "at+jwt", "kid": kid, **header}, claims)
    answer = boto3.client("kms").sign(
        KeyId=next(key.key_id for key in keys if key.kty == kty),
        Message=signed,
        MessageType="RAW",
        SigningAlgorithm=algorithm,
    )
    signature = answer["Signature"]
    if alg == "ES256":
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return (signed + b"." + _encode(signature)).decode()


def resign_as_server(caller: Caller, token: str, **changes: Any) -> str:
    """A token the server issued with other claims, signed anew; None takes a claim away."""
    header, claims = unverified(token)
    changed = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return sign_as_server(caller, changed, alg=header["alg"], typ=header["typ"])


def sign_as_stranger(token: str, **header: Any) -> str:
    """The same header and claims under a key of nobody's; `header` changes members (kid, jwk)."""
    key = ec.generate_private_key(ec.SECP256R1())
    before, claims = unverified(token)
    return jwt.encode(claims, key, algorithm="ES256", headers={**before, "alg": "ES256", **header})


def unsign(token: str) -> str:
    """The same claims with `alg` none and no signature (RFC 8725 section 2.1)."""
    header, claims = unverified(token)
    return (_join({**header, "alg": "none"}, claims) + b".").decode()


def confuse(caller: Caller, token: str) -> str:
    """The same claims as HS256, its secret the published key (RFC 8725 section 2.1)."""
    header, claims = unverified(token)
    key = next(key for key in caller.get("/jwks").json["keys"] if key["kid"] == header["kid"])
    secret = jwt.PyJWK(key, algorithm=header["alg"]).key.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    signed = _join({**header, "alg": "HS256"}, claims)
    return (signed + b"." + _encode(hmac.digest(secret, signed, "sha256"))).decode()


def tamper(token: str, **claims: Any) -> str:
    """The token with other claims and its old signature."""
    header, before = unverified(token)
    return _join(header, {**before, **claims}).decode() + "." + token.rpartition(".")[2]


def _join(header: dict[str, Any], claims: dict[str, Any]) -> bytes:
    return b".".join(_encode(json.dumps(part).encode()) for part in (header, claims))


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
