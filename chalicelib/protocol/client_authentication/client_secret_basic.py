"""`client_secret_basic`: RFC 6749 section 2.3.1, in the Authorization header (RFC 7617)."""

import base64
import binascii
from urllib.parse import unquote_plus

from chalicelib.protocol.client_authentication.presented import Presented, refuse


def read(authorization: str | None) -> Presented | None:
    """The client and secret of an Authorization header, None where there is none.

    Raises InvalidClient for any other scheme and for what is malformed. Both parts are
    form-urlencoded before they are joined (RFC 6749 appendix B). Two such headers arrive joined by a
    comma, which base64 does not have.
    """
    if authorization is None:
        return None
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise refuse("authorization_scheme")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        client_id, colon, secret = decoded.partition(":")
        client_id = unquote_plus(client_id, errors="strict")
        secret = unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise refuse("authorization_malformed") from None
    if not colon or not client_id or not secret:
        raise refuse("authorization_malformed")
    return Presented("client_secret_basic", client_id, secret)
