"""The claims of access tokens (RFC 9068 section 2), and the types of what this server signs. Of ID tokens:
id_token.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.protocol.jws import UnsignedToken

AT_JWT = "at+jwt"
JWT = "JWT"
# A claim of our own, in tokens that another client got by exchange: the client a person gave the grant to.
# By it the token is found to have ended when that client or its grant has.
GRANTED_TO = "granted_to"


def unsigned_access_token(
    *,
    alg: str,
    issuer: str,
    sub: str,
    audience: Sequence[str],
    client_id: str,
    scope: tuple[str, ...],
    jti: str,
    now: int,
    lifetime: int,
    authentication: dict[str, Any],
    delegation: Mapping[str, Any],
) -> UnsignedToken:
    """RFC 9068 section 2; `authentication` holds auth_time, acr and amr where a person signed in,
    `delegation` what says for whom it was exchanged (protocol/delegation.py).
    """
    claims = {
        "iss": issuer,
        "sub": sub,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "client_id": client_id,
        "iat": now,
        "exp": now + lifetime,
        "jti": jti,
        **({"scope": " ".join(scope)} if scope else {}),
        **authentication,
        **delegation,
    }
    return UnsignedToken(alg=alg, typ=AT_JWT, claims=claims)
