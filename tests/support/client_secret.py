"""Clients of client_secret_jwt, and the assertions they make (OpenID Connect Core section 9)."""

import base64
import hmac
import json
import os
import time
import uuid
from typing import Any

from chalicelib.aws.secrets_key import ClientSecretEncryption
from chalicelib.protocol.client import Client
from tests.support.tenant import SECRET, Tenant, hash_of

# As long as HS512 needs it.
HMAC_SECRET = "the-secret-of-a-client-that-makes-hmacs-of-it-and-never-sends-it-" + "x" * 21
OTHER = "another-secret-that-is-as-long-as-the-first-one-" + "y" * 38
HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def ciphertext(client_id: str, secret: str = HMAC_SECRET) -> str:
    """The secret as the tenant's key encrypts it for this client."""
    return ClientSecretEncryption(os.environ["SECRETS_KEY"]).encrypt(client_id, secret)


def hmac_client(tenant: Tenant, *secrets: str, **changes: Any) -> Client:
    """A client of client_secret_jwt with these secrets, HMAC_SECRET unless given."""
    kept = secrets or (HMAC_SECRET,)
    blank = tenant.client(token_endpoint_auth_method="none", client_secret_hashes=())
    client_id = changes.pop("client_id", blank.client_id)
    return tenant.client(
        **{
            "client_id": client_id,
            "token_endpoint_auth_method": "client_secret_jwt",
            "client_secret_hashes": tuple(hash_of(secret) for secret in kept),
            "client_secret_ciphertexts": tuple(ciphertext(client_id, secret) for secret in kept),
            **changes,
        }
    )


def hs256_client(tenant: Tenant, *secrets: str, **changes: Any) -> Client:
    """A client that is sent ID tokens with an HMAC by its secret; it authenticates by sending it."""
    kept = secrets or (SECRET,)
    client_id = changes.pop("client_id", None) or tenant.client().client_id
    return tenant.client(
        **{
            "client_id": client_id,
            "client_secret_hashes": tuple(map(hash_of, kept)),
            "client_secret_ciphertexts": tuple(ciphertext(client_id, secret) for secret in kept),
            "id_token_signed_response_alg": "HS256",
            **changes,
        }
    )


def hmac_assertion(
    claims: dict[str, Any],
    secret: str | bytes = HMAC_SECRET,
    *,
    alg: str = "HS256",
    announced: str | None = None,
    **header: Any,
) -> str:
    """The claims that are not None with an HMAC by this secret; header members that are None are left out.
    `announced` is what the header says in the place of `alg`.
    """
    members = {"alg": announced or alg, "typ": "JWT", **header}
    parts = ({name: value for name, value in one.items() if value is not None} for one in (members, claims))
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    key = secret.encode() if isinstance(secret, str) else secret
    return f"{signed}.{_encoded(hmac.digest(key, signed.encode(), HASHES.get(alg, 'sha256')))}"


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def registered_assertion(found: dict[str, Any], issuer: str, *, alg: str = "HS256", secret: str = "") -> str:
    """An assertion of a client of this client information response, by the secret it was told."""
    client_id, now = found["client_id"], int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": issuer, "exp": now + 60, "jti": str(uuid.uuid4())}
    return hmac_assertion(claims, secret or found["client_secret"], alg=alg)
