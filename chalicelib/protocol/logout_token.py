"""Logout tokens: OpenID Connect Back-Channel Logout section 2.4."""

from chalicelib.protocol.jws import UnsignedToken

# Section 2.4: a type of its own, by which no verifier takes one for an ID token or an access token.
LOGOUT_JWT = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Seconds, "preferably at most two minutes in the future": each try has a fresh token.
LIFETIME = 120
# For clients whose ID tokens have no signature: "the alg with the value none MUST NOT be used".
DEFAULT_ALG = "RS256"


def unsigned_logout_token(
    *, alg: str, issuer: str, client_id: str, sub: str, sid: str | None, jti: str, now: int
) -> UnsignedToken:
    """The token that tells a client, whose ID tokens are signed by `alg`, that a session ended: the one of
    `sid`, or where that is None every one of `sub`. It has no nonce.
    """
    claims = {
        "iss": issuer,
        "aud": client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": jti,
        "sub": sub,
        **({"sid": sid} if sid is not None else {}),
        "events": {EVENT: {}},
    }
    return UnsignedToken(alg=DEFAULT_ALG if alg == "none" else alg, typ=LOGOUT_JWT, claims=claims)
