"""Keys that clients are encrypted to, and what they read: by jwcrypto, which this server has not."""

import json
from functools import cache
from typing import Any

from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from chalicelib.protocol.client import Client
from tests.support.tenant import Tenant

# The key of each algorithm's own kind, and those of the other curves it may be of.
KINDS: dict[str, dict[str, Any]] = {
    "RSA": {"kty": "RSA", "size": 2048},
    "P-256": {"kty": "EC", "crv": "P-256"},
    "P-384": {"kty": "EC", "crv": "P-384"},
    "P-521": {"kty": "EC", "crv": "P-521"},
    "X25519": {"kty": "OKP", "crv": "X25519"},
}


@cache
def encryption_key(kind: str = "P-256", kid: str = "enc") -> JWK:
    """A client's key pair, made once a run."""
    return JWK.generate(**KINDS[kind], kid=kid, use="enc")


def public_jwk(key: JWK, **changes: Any) -> dict[str, Any]:
    """Its public half as registered, without the members that are changed to None."""
    members: dict[str, Any] = {**json.loads(key.export_public()), **changes}
    return {name: value for name, value in members.items() if value is not None}


def decrypted(token: str, key: JWK) -> tuple[dict[str, Any], bytes]:
    """The header of a JWE and what it holds. Raises jwcrypto's InvalidJWEData for another's."""
    jwe = JWE()
    jwe.deserialize(token, key)
    return json.loads(jwe.objects["protected"]), jwe.payload


def encrypted_client(tenant: Tenant, **changes: Any) -> Client:
    """A confidential client whose ID tokens and userinfo are encrypted to encryption_key()."""
    how = {
        f"{what}_encrypted_response_{member}": value
        for what in ("id_token", "userinfo")
        for member, value in (("alg", "ECDH-ES"), ("enc", "A256GCM"))
    }
    return tenant.client(**{"jwks": {"keys": [public_jwk(encryption_key())]}, **how, **changes})
