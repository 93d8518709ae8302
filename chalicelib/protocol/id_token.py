"""The ID token: OpenID Connect Core section 2. What goes into one is said here, whichever endpoint it leaves
from; how it is signed and encrypted is said elsewhere.
"""

import base64
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.recipient import id_token_recipient
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import EDDSA, UNSIGNED
from chalicelib.protocol.unsigned_tokens import JWT
from chalicelib.record import replace


def unsigned_id_token(
    *,
    client: Client,
    grant: Grant,
    sub: str,
    sid: str | None,
    nonce: str | None,
    settings: Settings,
    now: int,
    about: Mapping[str, Any] = MappingProxyType({}),
    hashed: Mapping[str, str] = MappingProxyType({}),
) -> UnsignedToken:
    """What the client learns of who signed in, and how. `sub` is the person as this client knows them,
    `sid` the session, `about` what else it is told of them: claims that replace none of these. `hashed` is
    what it comes with, by the name of the claim that has its hash (c_hash, s_hash).
    """
    alg = client.id_token_signed_response_alg
    claims = {
        **about,
        "iss": settings.issuer,
        "sub": sub,
        "aud": client.client_id,
        "iat": now,
        "exp": now + settings.id_token_lifetime,
        **authentication_claims(grant),
        **({"nonce": nonce} if nonce is not None else {}),
        **({"sid": sid} if sid is not None else {}),
        **{name: half_hash(text, alg=alg) for name, text in hashed.items()},
    }
    return UnsignedToken(alg=alg, typ=JWT, claims=claims, recipient=id_token_recipient(client))


def with_at_hash(id_token: UnsignedToken, access_token: str) -> UnsignedToken:
    """The same with the hash of the access token beside it (section 3.1.3.6): by it a client knows one that
    was put in its place. An ID token that is not signed proves nothing, and has no hash to go by.
    """
    if id_token.alg == UNSIGNED:
        return id_token
    at_hash = half_hash(access_token, alg=id_token.alg)
    return replace(id_token, claims={**id_token.claims, "at_hash": at_hash})


def half_hash(text: str, *, alg: str) -> str:
    """The left half of the hash that goes with this signature's algorithm (sections 3.1.3.6 and 3.3.2.11);
    Ed25519 goes with SHA-512 (RFC 8032 section 5.1).
    """
    digest = (hashlib.sha512 if alg == EDDSA else hashlib.sha256)(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def authentication_claims(grant: Grant | None) -> dict[str, Any]:
    """auth_time, acr and amr of the person's sign-in, where there was one: the same in an ID token and in an
    access token (RFC 9068 section 2.2.1).
    """
    if grant is None:
        return {}
    known = {"auth_time": grant.auth_time, "acr": grant.acr, "amr": list(grant.amr) or None}
    return {name: value for name, value in known.items() if value is not None}
