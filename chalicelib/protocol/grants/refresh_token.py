"""Refreshing: RFC 6749 section 6, with the rotation and reuse detection of RFC 9700 section 4.14.2.

Rotating is one conditional write. What it refuses is told apart by the grant as it stood then: a
retry of the last rotation inside the grace window gets the same successor, a token used long ago
revokes the grant, a guess does nothing.
"""

from contextlib import suppress
from typing import Protocol

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.errors import InvalidGrant, OAuthError, TemporarilyUnavailable
from chalicelib.protocol.grant import Grant, GrantRevocation, Refused, grant_facts
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.refresh_token import RefreshToken, parse_refresh_token
from chalicelib.record import Record

NONCE_BYTES = 16


class Rotation(Record, kw_only=True):
    """One use of a refresh token: what must equal the grant's, and what becomes of it. Without
    rotation, `successor_hash` is `refresh_hash` and `successor_generation` is `generation`.
    """

    grant_id: str
    client_id: str
    generation: int
    refresh_hash: str
    successor_generation: int
    successor_hash: str
    nonce: str
    refresh_exp: int
    now: int


class RefreshGrants(GrantRevocation, Protocol):
    """Where grants are kept, as this grant type needs it."""

    def rotate(self, rotation: Rotation) -> Grant | Refused:
        """One conditional write: only if the grant is active and refreshable, neither `exp` nor
        `refresh_exp` is over, and its client_id, generation and refresh_hash equal the rotation's.
        `exp` never changes. Of parallel rotations of one token one succeeds.
        """

    def hold(self, rotation: Rotation) -> None:
        """One conditional write: the grace window stays open, however short it is, until the successor is
        used. Only if this very rotation is the grant's last; otherwise nothing happens.
        """


def refresh(request: AccessTokenRequest, *, issuer: TokenIssuer, grants: RefreshGrants) -> Issued:
    """New tokens for a refresh token. Raises InvalidRequest, InvalidGrant, InvalidScope, InvalidTarget,
    and TemporarilyUnavailable after which the same token can be used again.
    """
    presented = parse_refresh_token(request.parameters.require("refresh_token"))
    if presented is None:
        raise _refuse("refresh_token_malformed")
    nonce = issuer.random(NONCE_BYTES)
    grace = issuer.settings.refresh_token_grace
    rotates = request.client.rotates_refresh_tokens
    successor = presented.successor(nonce) if rotates else presented
    rotation = Rotation(
        grant_id=presented.grant_id,
        client_id=request.client.client_id,
        generation=presented.generation,
        refresh_hash=presented.hash,
        successor_generation=successor.generation,
        successor_hash=successor.hash,
        nonce=nonce,
        refresh_exp=request.now + issuer.settings.refresh_token_idle_lifetime,
        now=request.now,
    )
    try:
        grant, successor = _rotate(presented, successor, rotation, grace=grace, grants=grants)
    except TemporarilyUnavailable:
        # Whether the write came through is not known.
        _hold(rotation, grants=grants)
        raise
    try:
        response = issuer.issue_for_grant(request, grant, refresh_token=str(successor))
    except Exception:
        _hold(rotation, grants=grants)
        raise
    return Issued(response, grant)


def _rotate(
    presented: RefreshToken,
    successor: RefreshToken,
    rotation: Rotation,
    *,
    grace: int,
    grants: RefreshGrants,
) -> tuple[Grant, RefreshToken]:
    outcome = grants.rotate(rotation)
    if isinstance(outcome, Grant):
        return outcome, successor
    found = outcome.found
    reason = why_refused(presented, rotation, found, grace=grace)
    if found is not None and found.rotation_nonce is not None and reason is None:
        return found, presented.successor(found.rotation_nonce)
    if reason == "refresh_token_reused":
        grants.revoke(rotation.grant_id)
    raise _refuse(reason or "refresh_token_unknown", grant_id=rotation.grant_id, found=found)


def _hold(rotation: Rotation, *, grants: RefreshGrants) -> None:
    """The client got no successor: it may come back with the token presented, whenever that is. Going back
    a generation would be wrong, as a retry inside the window may have been given the successor already.
    """
    if rotation.successor_generation == rotation.generation:
        return
    # What failed is told, not that holding failed too.
    with suppress(OAuthError):
        grants.hold(rotation)


def why_refused(
    presented: RefreshToken, rotation: Rotation, found: Grant | None, *, grace: int
) -> Reason | None:
    """Why a rotation was refused; None where the token's successor may be given (again).

    That is a retry of the last rotation within `grace` seconds, or this very attempt, whose answer was
    lost on the way from the store. Only a token of the grant's own family that is of an earlier
    generation is reuse.
    """
    if found is None or not found.refreshable or found.family_hash != presented.family_hash:
        return "refresh_token_unknown"
    if found.client_id != rotation.client_id:
        return "refresh_token_of_another_client"
    if found.state != "active":
        return "grant_revoked"
    if found.exp <= rotation.now or (found.refresh_exp or 0) <= rotation.now:
        return "refresh_token_expired"
    if presented.generation >= found.generation:
        return "refresh_token_unknown"
    if _is_last_rotation(presented, found) and (
        found.rotation_nonce == rotation.nonce or rotation.now < (found.rotated_at or 0) + grace
    ):
        return None
    return "refresh_token_reused"


def _is_last_rotation(presented: RefreshToken, found: Grant) -> bool:
    if presented.generation + 1 != found.generation or found.rotation_nonce is None:
        return False
    return presented.successor(found.rotation_nonce).hash == found.refresh_hash


def _refuse(reason: Reason, *, grant_id: str | None = None, found: Grant | None = None) -> InvalidGrant:
    return InvalidGrant(
        "The refresh token is invalid, has expired, was used before or is not this client's.",
        reason=reason,
        facts={**({"grant_id": grant_id} if grant_id else {}), **grant_facts(found)},
    )
