"""Taking the access token out of a request: RFC 6750 section 2. Never out of the query (section 5.3)."""

import re

from chalicelib.protocol.errors import InvalidRequest, InvalidToken
from chalicelib.protocol.parameters import Parameters

_CREDENTIALS = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)")


def bearer_token(authorization: str | None, form: Parameters) -> str:
    """The token of the Authorization header or of the form. Raises InvalidToken where there is none,
    InvalidRequest where there are two or the header is malformed.
    """
    in_form = form.get("access_token")
    if authorization is None:
        if in_form is None:
            raise InvalidToken("An access token is needed.", reason="token_missing")
        return in_form
    if not authorization.lower().startswith("bearer"):
        raise InvalidToken("An access token is needed.", reason="token_missing")
    match = _CREDENTIALS.fullmatch(authorization)
    if match is None:
        raise InvalidRequest("The Authorization header is malformed.", reason="authorization_malformed")
    if in_form is not None:
        raise InvalidRequest("The access token is given twice.", reason="token_twice")
    return match[1]
