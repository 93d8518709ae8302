"""A client's own keys and the assertions it makes with them (RFC 7523 section 2.2)."""

import json
import time
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from chalicelib.protocol.client import Client
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class ClientKey:
    """A key pair of a client for one algorithm; `kid` may be None."""

    alg: str
    private: PrivateKey
    kid: str | None

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public key as a JWK, without the members that are changed to None."""
        algorithm: Any = _jws().get_algorithm_by_name(self.alg)
        text = algorithm.to_jwk(self.private.public_key())
        members = {**json.loads(text), "kid": self.kid, **changes}
        members.pop("key_ops", None)
        return {name: value for name, value in members.items() if value is not None}

    def pem(self) -> bytes:
        """The public key as PEM: what an alg confusion takes for a secret."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """The claims that are not None, signed under this key; header members that are None are left out."""
        named = {"kid": self.kid, **header}
        alg = named.pop("alg", self.alg)
        headers = {name: value for name, value in named.items() if value is not None}
        members = {name: value for name, value in claims.items() if value is not None}
        # PyJWT's own encode looks at the claims, which tests get wrong on purpose.
        payload = json.dumps(members).encode()
        return _jws().encode(payload, self.private, algorithm=alg, headers=headers)


@cache
def _jws() -> jwt.PyJWS:
    jws = jwt.PyJWS()
    # RFC 9864's name of it, which PyJWT does not know.
    jws.register_algorithm("Ed25519", OKPAlgorithm())
    return jws


@cache
def client_key(alg: str = "ES256", kid: str | None = "one", *, bits: int = 2048) -> ClientKey:
    """The key of this name: made once a process, for an RSA key takes its time."""
    private: PrivateKey
    match alg:
        case "ES256":
            private = ec.generate_private_key(ec.SECP256R1())
        case "EdDSA" | "Ed25519":
            private = ed25519.Ed25519PrivateKey.generate()
        case _:
            private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return ClientKey(alg, private, kid)


def key_client(tenant: Tenant, *keys: dict[str, Any], **changes: Any) -> Client:
    """A client that authenticates by private_key_jwt with these JWKs."""
    fields = {
        "token_endpoint_auth_method": "private_key_jwt",
        "client_secret_hashes": (),
        "jwks": {"keys": list(keys)},
    }
    return tenant.client(**{**fields, **changes})


def assertion_claims(caller: Caller, client: Client | str, **changes: Any) -> dict[str, Any]:
    """Good claims of a client, or of one of this client_id, and these changes."""
    client_id, now = client if isinstance(client, str) else client.client_id, int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": caller.issuer,
        "exp": now + 60,
        "iat": now,
        "jti": str(uuid.uuid4()),
    }
    return {**claims, **changes}


def present(caller: Caller, assertion: str, **fields: Any) -> Answer:
    """A client credentials request with this assertion."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    return caller.post("/token", {**form, **fields})
