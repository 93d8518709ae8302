"""Request objects as clients make them: unsigned, signed, with an HMAC."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto import jwe, jwk

from chalicelib.protocol.client import Client
from tests.support.client_app import ClientApp
from tests.support.client_key import ClientKey
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

# What OpenID Connect Core section 6.1 and RFC 6749 have outside the object too.
OUTSIDE = ("client_id", "response_type", "scope", "redirect_uri")


def members(app: ClientApp, **changes: Any) -> dict[str, Any]:
    """The parameters of a good authorization request as an object's members; None takes one away."""
    found = {**app.request(), **changes}
    return {name: value for name, value in found.items() if value is not None}


def unsigned(claims: dict[str, Any] | str | bytes, **header: Any) -> str:
    """An object without a signature (`alg` none); header members that are None are left out."""
    shown = {"alg": "none", **header}
    body = claims if isinstance(claims, str | bytes) else json.dumps(claims)
    first = json.dumps({name: value for name, value in shown.items() if value is not None})
    return f"{encoded(first)}.{encoded(body)}."


def outside(app: ClientApp, request: str | None, **changes: str | None) -> dict[str, Any]:
    """A request with an object, and what stands outside it, with these changes."""
    fields = {name: value for name, value in app.request().items() if name in OUTSIDE}
    given = {**fields, "request": request, **changes}
    return {name: value for name, value in given.items() if value is not None}


def send(known: Visit, request: str, **changes: str | None) -> Answer:
    """The answer to a request with this object."""
    return known.browser.open("/authorize", outside(known.app, request, **changes))


def encrypted(
    caller: Caller, content: str | bytes, *, alg: str = "RSA-OAEP-256", enc: str = "A128CBC-HS256"
) -> str:
    """The object encrypted to the tenant's published key."""
    kty = "RSA" if alg.startswith("RSA") else "EC"
    (key,) = [key for key in caller.get("/jwks").json["keys"] if (key["use"], key["kty"]) == ("enc", kty)]
    header = {"alg": alg, "enc": enc, "kid": key["kid"], "cty": "JWT"}
    token = jwe.JWE(content, json.dumps(header))
    token.add_recipient(jwk.JWK(**key))
    text: str = token.serialize(compact=True)
    return text


def refer(known: Visit, request_uri: str, **changes: str | None) -> Answer:
    """The answer to a request with an object at this URI."""
    fields = outside(known.app, None, request_uri=request_uri, **changes)
    return known.browser.open("/authorize", fields)


def encoded(text: str | bytes) -> str:
    octets = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signing_client(tenant: Tenant, *keys: ClientKey, **changes: Any) -> Client:
    """A public app with these keys."""
    return tenant.public_client(jwks={"keys": [key.jwk() for key in keys]}, **changes)


def signed(known: Visit, key: ClientKey, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A good object of this app, with what signed ones should say (RFC 9101 section 4)."""
    now = int(time.time())
    client_id = known.app.client.client_id
    claims = {"iss": client_id, "aud": known.app.caller.issuer, "iat": now, "exp": now + 60, **changes}
    return key.sign(members(known.app, **claims), **(header or {}))


def hand_signed(known: Visit, key: ClientKey, header: dict[str, Any]) -> str:
    """Signed by ES256 whatever the header says, which libraries would not."""
    assert isinstance(key.private, ec.EllipticCurvePrivateKey)
    text = unsigned(members(known.app), **{"alg": "ES256", "kid": key.kid, **header})[:-1]
    r, s = decode_dss_signature(key.private.sign(text.encode(), ec.ECDSA(SHA256())))
    return f"{text}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def refers(caller: Caller, tenant: Tenant, *request_uris: str, **changes: Any) -> Visit:
    """An app whose request objects are at these URIs."""
    return visit(caller, tenant, tenant.public_client(request_uris=request_uris, **changes))
