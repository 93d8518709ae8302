"""The first tokens of a grant: what makes it active, and undoes that where they can't be issued after all."""

from collections.abc import Callable
from contextlib import suppress

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.errors import OAuthError, TemporarilyUnavailable
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.refresh_token import FAMILY_BYTES, SECRET_BYTES, RefreshToken
from chalicelib.record import Record

REDEMPTION_BYTES = 16


class Redemption(Record, kw_only=True):
    """One attempt to make a grant active: whose it must be, and what its first refresh token is kept by.

    `redemption` names this attempt, so that a write whose answer was lost is known as one's own.
    """

    grant_id: str
    client_id: str
    redemption: str
    family_hash: str
    refresh_hash: str
    refresh_exp: int
    now: int


def begin_redemption(
    grant_id: str, request: AccessTokenRequest, *, issuer: TokenIssuer
) -> tuple[RefreshToken, Redemption]:
    """A first refresh token, and the attempt that brings it."""
    refresh_token = RefreshToken(grant_id, 1, issuer.random(FAMILY_BYTES), issuer.random(SECRET_BYTES))
    return refresh_token, Redemption(
        grant_id=grant_id,
        client_id=request.client.client_id,
        redemption=issuer.random(REDEMPTION_BYTES),
        family_hash=refresh_token.family_hash,
        refresh_hash=refresh_token.hash,
        refresh_exp=request.now + issuer.settings.refresh_token_idle_lifetime,
        now=request.now,
    )


def issue_first_tokens(
    request: AccessTokenRequest,
    refresh_token: RefreshToken,
    *,
    issuer: TokenIssuer,
    redeem: Callable[[], Grant],
    undo: Callable[[], None],
) -> Issued:
    """The tokens of the grant that `redeem` makes active. Raises what that and issuing them raise, after
    `undo` where the grant may be active.
    """
    try:
        grant = redeem()
    except TemporarilyUnavailable:
        # Whether the write came through is not known.
        _try(undo)
        raise
    try:
        response = issuer.issue_for_grant(
            request,
            grant,
            nonce=grant.nonce,
            refresh_token=str(refresh_token) if grant.refreshable else None,
        )
    except Exception:
        _try(undo)
        raise
    return Issued(response, grant)


def _try(undo: Callable[[], None]) -> None:
    # What failed is told, not that undoing it failed too.
    with suppress(OAuthError):
        undo()
