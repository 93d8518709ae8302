"""DPoP proofs (RFC 9449 section 4.2) and the tokens that are bound to their keys."""

import base64
import hashlib
import json
import time
import uuid
from typing import Any

from tests.support.client_key import ClientKey, client_key

KEY = client_key(kid=None)
_THUMBPRINTED = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}


def proof(
    token: str, url: str, *, key: ClientKey = KEY, header: dict[str, Any] | None = None, **claims: Any
) -> str:
    """A good proof for GET, and these changes; what is None is left out."""
    members = {
        "jti": str(uuid.uuid4()),
        "htm": "GET",
        "htu": url,
        "iat": int(time.time()),
        "ath": base64url(hashlib.sha256(token.encode()).digest()),
        **claims,
    }
    return key.sign(members, **{"typ": "dpop+jwt", "jwk": key.jwk(), **(header or {})})


def thumbprint(key: ClientKey = KEY) -> str:
    """RFC 7638."""
    jwk = key.jwk()
    members = {name: jwk[name] for name in _THUMBPRINTED[jwk["kty"]]}
    return base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
