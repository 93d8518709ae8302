"""Whether a request object is its client's: RFC 9101 sections 6.1 and 6.2, OpenID Connect Core section 6.1.

By the client's keys, with its secret, or unsigned: the algorithm a client registered and no other, any that
is served where it registered none. The algorithm says which of these it is, never a key; of the header only
`alg`, `kid`, `typ` and `crit` are looked at (RFC 8725 section 3.10).
"""

import base64
from collections.abc import Callable
from typing import Any

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.client_secret_jwt import (
    DecryptedSecrets,
    SecretsUnreadable,
    is_mac_of,
)
from chalicelib.protocol.client_authentication.private_key_jwt import ClientKeys
from chalicelib.protocol.client_jwt import UnknownKey, verify_with_jwks
from chalicelib.protocol.errors import InvalidRequestObject
from chalicelib.protocol.json_document import UnfitDocument, parse_json_object
from chalicelib.protocol.jws import MAX_JWT_CHARACTERS, CompactToken, JwtError, parse_compact
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.supported import ASSERTION_ALGORITHMS, REQUEST_OBJECT_ALGORITHMS, UNSIGNED
from chalicelib.record import Record, field

TYPED = "oauth-authz-req+jwt"
_TYPES = (None, "jwt", TYPED)
MAX_DEPTH = 8


class ParsedRequestObject(Record, kw_only=True):
    """A request object taken apart; nothing of it is verified. `typ` is in small letters, without
    `application/`.
    """

    text: str
    token: CompactToken
    alg: str
    typ: str | None
    claims: dict[str, Any] = field(hash=False)


def parse_request_object(text: str) -> ParsedRequestObject:
    """Strictly: what two readers could take for two things is refused. Raises InvalidRequestObject."""
    try:
        token = parse_compact(text)
        header = _object(base64.urlsafe_b64decode(text.partition(".")[0] + "=="))
        claims = _object(token.payload)
    except (JwtError, UnfitDocument):
        raise _refuse("request_object_malformed") from None
    alg, typ = header.get("alg"), header.get("typ")
    if not isinstance(alg, str):
        raise _refuse("request_object_malformed")
    typ = typ.lower().removeprefix("application/") if isinstance(typ, str) else typ
    # RFC 8725 section 3.11: nothing a client signed for something else is a request.
    if typ not in _TYPES:
        raise _refuse("request_object_type")
    return ParsedRequestObject(text=text, token=token, alg=alg, typ=typ, claims=claims)


def verify_request_object(
    parsed: ParsedRequestObject,
    client: Client,
    *,
    keys: ClientKeys,
    secrets: Callable[[], DecryptedSecrets],
    now: int,
) -> None:
    """Raises InvalidRequestObject unless the client made it, by an algorithm it may use; what `keys` raises
    where they can't be had; TemporarilyUnavailable.
    """
    registered = client.request_object_signing_alg
    if parsed.alg not in ((registered,) if registered else REQUEST_OBJECT_ALGORITHMS):
        raise _refuse("request_object_unsigned" if parsed.alg == UNSIGNED else "request_object_signature")
    if parsed.alg == UNSIGNED:
        authentic = not parsed.token.signature and "crit" not in parsed.token.header
    elif parsed.alg in ASSERTION_ALGORITHMS:
        authentic = _is_signed(parsed, client, keys=keys)
    else:
        authentic = _has_mac(parsed, client, secrets=secrets, now=now)
    if not authentic:
        raise _refuse("request_object_signature")


def _is_signed(parsed: ParsedRequestObject, client: Client, *, keys: ClientKeys) -> bool:
    algorithms = (parsed.alg,)
    try:
        try:
            verify_with_jwks(parsed.text, jwks=keys.jwks(client), algorithms=algorithms)
        except UnknownKey:
            verify_with_jwks(parsed.text, jwks=keys.refetched_jwks(client), algorithms=algorithms)
    except JwtError:
        return False
    return True


def _has_mac(
    parsed: ParsedRequestObject, client: Client, *, secrets: Callable[[], DecryptedSecrets], now: int
) -> bool:
    try:
        return is_mac_of(client, parsed.token, alg=parsed.alg, secrets=secrets(), now=now)
    except SecretsUnreadable:
        return False


def _object(data: bytes) -> dict[str, Any]:
    return parse_json_object(data, max_bytes=MAX_JWT_CHARACTERS, max_depth=MAX_DEPTH)


def _refuse(reason: Reason) -> InvalidRequestObject:
    return InvalidRequestObject("The request object is not valid.", reason=reason)
