"""ID tokens: OpenID Connect Core section 2, and an ID token shown back as a hint."""

from typing import Any

from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.jws import JwtError, UnsignedToken
from chalicelib.protocol.jwt_verification import VerificationKeys, verify_own
from chalicelib.record import Record

TYP = "JWT"


def unsigned_id_token(
    *,
    alg: str,
    issuer: str,
    sub: str,
    client_id: str,
    now: int,
    lifetime: int,
    authentication: dict[str, Any],
    nonce: str | None,
    sid: str | None,
) -> UnsignedToken:
    """OpenID Connect Core section 2; `authentication` holds auth_time, acr and amr. at_hash is left out:
    at the token endpoint it is optional (section 3.1.3.6), and without it both tokens are signed in
    parallel.
    """
    claims = {
        "iss": issuer,
        "sub": sub,
        "aud": client_id,
        "iat": now,
        "exp": now + lifetime,
        **authentication,
        **({"nonce": nonce} if nonce is not None else {}),
        **({"sid": sid} if sid is not None else {}),
    }
    return UnsignedToken(alg=alg, typ=TYP, claims=claims)


class IdTokenHint(Record):
    """Who an ID token of ours was about, and for which client; it may have expired."""

    sub: str
    client_id: str
    sid: str | None


def parse_id_token_hint(token: str, *, keys: VerificationKeys, issuer: str) -> IdTokenHint:
    """An ID token this server signed, expired or not (OpenID Connect RP-Initiated Logout section 4).

    Raises InvalidRequest for anything else.
    """
    try:
        claims = verify_own(token, keys=keys, typ=TYP)
    except JwtError:
        claims = {}
    sub, client_id, sid = claims.get("sub"), claims.get("aud"), claims.get("sid")
    if claims.get("iss") != issuer or not isinstance(sub, str) or not isinstance(client_id, str):
        raise InvalidRequest("The id_token_hint is not an ID token of this server.", reason="hint_invalid")
    return IdTokenHint(sub, client_id, sid)
