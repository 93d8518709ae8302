"""Logout tokens: OpenID Connect Back-Channel Logout section 2.4."""

from chalicelib.protocol.client import Client
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.recipient import id_token_recipient
from chalicelib.protocol.supported import UNSIGNED
from chalicelib.record import replace

# Section 2.4: a type of its own, by which no verifier takes one for an ID token or an access token.
LOGOUT_JWT = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Seconds, "preferably at most two minutes in the future": each try has a fresh token.
LIFETIME = 120
# For clients whose ID tokens have no signature: "the alg with the value none MUST NOT be used".
DEFAULT_ALG = "RS256"


def unsigned_logout_token(
    *, client: Client, issuer: str, sub: str, sid: str | None, jti: str, now: int
) -> UnsignedToken:
    """The token that tells a client that a session ended: that of `sid`, or where that is None every one of
    `sub`, which is the person as this client knows them. It is signed and encrypted as the client's ID tokens
    are, and has no nonce.
    """
    if client.id_token_signed_response_alg == UNSIGNED:
        client = replace(client, id_token_signed_response_alg=DEFAULT_ALG)
    claims = {
        "iss": issuer,
        "aud": client.client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": jti,
        "sub": sub,
        **({"sid": sid} if sid is not None else {}),
        "events": {EVENT: {}},
    }
    return UnsignedToken(
        alg=client.id_token_signed_response_alg,
        typ=LOGOUT_JWT,
        claims=claims,
        recipient=id_token_recipient(client),
    )
