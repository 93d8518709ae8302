"""ID tokens shown back to this server as a hint: OpenID Connect Core section 3.1.2.1 id_token_hint."""

from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.jws import JwtError
from chalicelib.protocol.jwt_verification import VerificationKeys, verify_own
from chalicelib.protocol.unsigned_tokens import JWT
from chalicelib.record import Record


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
        claims = verify_own(token, keys=keys, typ=JWT)
    except JwtError:
        claims = {}
    sub, client_id, sid = claims.get("sub"), claims.get("aud"), claims.get("sid")
    if claims.get("iss") != issuer or not isinstance(sub, str) or not isinstance(client_id, str):
        raise InvalidRequest("The id_token_hint is not an ID token of this server.", reason="hint_invalid")
    return IdTokenHint(sub, client_id, sid)
