"""Whether a token that verifies still counts: it, its client, grant or person may be gone."""

from chalicelib.accounts.user import User
from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Grant
from chalicelib.record import Record


class TokenStatus(Record, kw_only=True):
    """What the stores say of a token: its client, its grant and the person it is about, None where it has
    none or they are gone, and whether the token was revoked by itself.
    """

    client: Client | None
    grant: Grant | None
    user: User | None
    revoked: bool


def is_live(token: AccessToken, status: TokenStatus) -> bool:
    """Whether the token counts: its client is there, the very one it was issued to. One that stems from a
    grant counts only while that is active, and the person is there and their sign-in counts.
    """
    client = status.client
    if status.revoked or client is None or not client.was_registered(at=token.iat):
        return False
    if token.grant_id is None:
        return True
    grant, user = status.grant, status.user
    return (
        grant is not None
        and grant.state == "active"
        and (grant.client_id, grant.sub) == (token.client_id, token.sub)
        and user is not None
        and user.is_signed_in(since=grant.auth_time or grant.created_at)
    )
