"""Keys of relying parties, and what a provider may sign with and encrypt by."""

import json
from typing import Any

from jwcrypto.jwk import JWK, JWKSet

SIGNED = ["RS256", "ES256", "PS256", "EdDSA", "HS256", "none"]
ENCRYPTED = [
    (alg, enc)
    for alg in ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
    for enc in ("A128CBC-HS256", "A256GCM")
]


_PARAMETERS: dict[str, dict[str, Any]] = {
    "RSA": {"kty": "RSA", "size": 2048},
    "EC": {"kty": "EC", "crv": "P-256"},
    "OKP": {"kty": "OKP", "crv": "Ed25519"},
}


def own_key(kind: str, *, use: str = "sig", **changes: Any) -> JWK:
    made: JWK = JWK.generate(use=use, **{**_PARAMETERS[kind], **changes})
    return made


def jwks_of(*keys: JWK) -> dict[str, Any]:
    keep = JWKSet()
    for key in keys:
        keep.add(key)
    published: dict[str, Any] = json.loads(keep.export(private_keys=False))
    return published


def secret_of(information: dict[str, Any]) -> JWK:
    """The client's secret, as the key of an HMAC."""
    return JWK.from_password(str(information["client_secret"]))
