"""The revocation request: RFC 7009 section 2.1."""

from typing import Protocol

from chalicelib.protocol.access_token import access_token_facts, verify_access_token
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidToken
from chalicelib.protocol.grant import Grant, grant_facts
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.opaque_token import OpaqueTokenRevocation, opaque_token_hash
from chalicelib.protocol.refresh_token import parse_refresh_token
from chalicelib.protocol.settings import Settings


class RefreshTokenRevocation(Protocol):
    """Where grants are kept, as revocation needs it."""

    def revoke_family(self, *, grant_id: str, client_id: str, family_hash: str) -> Grant | None:
        """One conditional write: the grant is revoked if it is this client's and its refresh tokens are
        of this family, and this is the grant; otherwise nothing happens.
        """


class RevokedTokens(Protocol):
    """Where access tokens are noted that were revoked before their time."""

    def put(self, *, jti: str, exp: int) -> None: ...


def revoke_token(
    token: str,
    *,
    client: Client,
    settings: Settings,
    keys: VerificationKeys,
    grants: RefreshTokenRevocation,
    revoked_tokens: RevokedTokens,
    opaque_tokens: OpaqueTokenRevocation,
    now: int,
) -> dict[str, str]:
    """Revokes a token of this client, and says what it was, as the log line's facts.

    A refresh token ends its grant, and so every token of it (RFC 7009 section 2.1); an access token
    ends alone. The kind is seen from the token; a hint is not needed. What is unknown, expired or
    another client's is left as it is, and answered alike (section 2.2).
    """
    refresh_token = parse_refresh_token(token)
    if refresh_token is not None:
        grant = grants.revoke_family(
            grant_id=refresh_token.grant_id,
            client_id=client.client_id,
            family_hash=refresh_token.family_hash,
        )
        return {"outcome": "revoked_refresh_token" if grant else "revoked_unknown", **grant_facts(grant)}
    token_hash = opaque_token_hash(token)
    if token_hash is not None:
        claims = opaque_tokens.revoke_opaque(token_hash, client_id=client.client_id)
        if claims is None:
            return {"outcome": "revoked_unknown"}
        return {"outcome": "revoked_access_token", **access_token_facts(claims)}
    try:
        access_token = verify_access_token(token, keys=keys, issuer=settings.issuer, now=now)
    except InvalidToken:
        return {"outcome": "revoked_unknown"}
    if access_token.client_id != client.client_id:
        return {"outcome": "revoked_another_client"}
    revoked_tokens.put(jti=access_token.jti, exp=access_token.exp)
    return {"outcome": "revoked_access_token", **access_token.facts}
