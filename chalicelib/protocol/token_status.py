"""Whether a token that verifies still counts: its grant may be revoked, or the token itself."""

from dataclasses import dataclass

from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.grant import Grant


@dataclass(frozen=True, slots=True)
class TokenStatus:
    """What the stores say of a token: its grant, None where it has none or it is gone, and whether the
    token was revoked by itself.
    """

    grant: Grant | None
    revoked: bool


def is_live(token: AccessToken, status: TokenStatus) -> bool:
    """Whether the token counts. One that stems from a grant counts only while that is active."""
    if status.revoked:
        return False
    if token.grant_id is None:
        return True
    grant = status.grant
    return (
        grant is not None
        and grant.state == "active"
        and (grant.client_id, grant.sub) == (token.client_id, token.sub)
    )
