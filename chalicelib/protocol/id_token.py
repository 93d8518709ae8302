"""The ID token: OpenID Connect Core section 2. What goes into one is said here, whichever endpoint it leaves
from; how it is signed and encrypted is said elsewhere.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.recipient import id_token_recipient
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.unsigned_tokens import JWT


def unsigned_id_token(
    *,
    client: Client,
    grant: Grant,
    sub: str,
    nonce: str | None,
    settings: Settings,
    now: int,
    about: Mapping[str, Any] = MappingProxyType({}),
) -> UnsignedToken:
    """What the client learns of who signed in, and how. `sub` is the person as this client knows them,
    `about` what else it is told of them: claims that replace none of these.

    at_hash is left out: at the token endpoint it is optional (section 3.1.3.6), and without it both tokens
    are signed in parallel.
    """
    claims = {
        **about,
        "iss": settings.issuer,
        "sub": sub,
        "aud": client.client_id,
        "iat": now,
        "exp": now + settings.id_token_lifetime,
        **authentication_claims(grant),
        **({"nonce": nonce} if nonce is not None else {}),
        **({"sid": grant.sid} if grant.sid is not None else {}),
    }
    return UnsignedToken(
        alg=client.id_token_signed_response_alg,
        typ=JWT,
        claims=claims,
        recipient=id_token_recipient(client),
    )


def authentication_claims(grant: Grant | None) -> dict[str, Any]:
    """auth_time, acr and amr of the person's sign-in, where there was one: the same in an ID token and in an
    access token (RFC 9068 section 2.2.1).
    """
    if grant is None:
        return {}
    known = {"auth_time": grant.auth_time, "acr": grant.acr, "amr": list(grant.amr) or None}
    return {name: value for name, value in known.items() if value is not None}
