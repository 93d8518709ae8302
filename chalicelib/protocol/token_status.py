"""Whether a token that verifies still counts: it, its client, grant or person may be gone."""

from typing import Protocol

from chalicelib.accounts.user import User
from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Grant
from chalicelib.record import Record

# While it is approved, its code waits, and a token left with that (OpenID Connect Core section 3.3).
_ALIVE = frozenset({"approved", "active"})


class TokenStatus(Record, kw_only=True):
    """What the stores say of a token: its client, the one its grant was given to (the same, but of exchanged
    tokens), its grant and the person it is about, None where it has none or they are gone, and whether the
    token was revoked by itself.
    """

    client: Client | None
    grantee: Client | None
    grant: Grant | None
    user: User | None
    revoked: bool


class TokenStatuses(Protocol):
    """Where that is found out."""

    def read(self, token: AccessToken) -> TokenStatus:
        """As of now."""


def is_live(token: AccessToken, status: TokenStatus) -> bool:
    """Whether the token counts: its client is there, the very one it was issued to. One that stems from a
    grant counts only while that is not revoked, its client and the person are there and their sign-in counts.
    """
    client = status.client
    if status.revoked or client is None or not client.was_registered(at=token.iat):
        return False
    if token.grant_id is None:
        return True
    grant, grantee = status.grant, status.grantee
    return (
        grant is not None
        and grant.state in _ALIVE
        and (grant.client_id, grant.sub) == (token.granted_to, token.sub)
        and grantee is not None
        and grantee.was_registered(at=grant.created_at)
        and is_person_there(grant, status.user)
    )


def is_person_there(grant: Grant, user: User | None) -> bool:
    """Whether the person of a grant is there and their sign-in counts. One whom only a trusted issuer knows
    has no record here; should there be one of the same name, it is somebody else.
    """
    if grant.federated:
        return user is None
    return user is not None and user.is_signed_in(since=grant.auth_time or grant.created_at)
