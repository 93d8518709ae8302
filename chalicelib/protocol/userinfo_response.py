"""The UserInfo response in the form a client is registered for: OpenID Connect Core section 5.3.2."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.protocol.client import Client
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.recipient import userinfo_recipient
from chalicelib.protocol.unsigned_tokens import JWT

if TYPE_CHECKING:
    from chalicelib.protocol.sealing import Sealing


def userinfo_jwt(
    claims: Mapping[str, Any], *, client: Client, issuer: str, sealing: Callable[[], "Sealing"], now: int
) -> str | None:
    """The response as application/jwt, None where the client takes JSON. Signed, it says by whom and for
    whom; encrypted without a signature, what is encrypted is the JSON.

    Raises InvalidRequest where the client has no key to encrypt to, TemporarilyUnavailable.
    """
    recipient, alg = userinfo_recipient(client), client.userinfo_signed_response_alg
    if alg is not None:
        # There is no `exp`, so that nobody takes it for an ID token (RFC 8725 section 3.12).
        told = {**claims, "iss": issuer, "aud": client.client_id, "iat": now}
        (signed,) = sealing().sign([UnsignedToken(alg=alg, typ=JWT, claims=told, recipient=recipient)])
        return signed
    if recipient is not None and recipient.encryption is not None:
        return sealing().encrypted_claims(claims, client, recipient.encryption)
    return None
