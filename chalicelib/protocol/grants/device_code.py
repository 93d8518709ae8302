"""Device code: RFC 8628 sections 3.4 and 3.5.

A poll is one conditional write, which redeems the code where a person has allowed it. What it refuses is
told apart by the grant as it stood then; only a poll that comes too soon is a second write, which makes
the next one wait longer.
"""

from typing import Protocol

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.errors import (
    AccessDenied,
    AuthorizationPending,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from chalicelib.protocol.grant import Grant, GrantRevocation, Refused, grant_facts, hash_secret, parse_code
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.redemption import Redemption, begin_redemption, issue_first_tokens

# RFC 8628 section 3.5: slow_down adds so much to the interval, for this and all later polls.
SLOW_DOWN_STEP = 5
# Clocks are read in whole seconds, and the network hurries one request and delays another.
POLL_LEEWAY = 1


class Poll(Redemption, kw_only=True):
    """One poll: what else must equal the grant's where it redeems the code."""

    device_code_hash: str


class DeviceCodeGrants(GrantRevocation, Protocol):
    """Where grants of devices are kept, as this grant type needs it."""

    def poll(self, poll: Poll) -> Grant | Refused:
        """One conditional write: only if the grant is not expired, its device_code_hash and client_id equal
        the poll's, and it is approved, or pending with `next_poll_at` reached. It goes on to its
        `next_state`: approved -> active with `exp` becoming `refresh_until`; pending stays, and the next
        poll may come `interval` seconds (less POLL_LEEWAY) later. Of parallel polls of an approved grant one
        succeeds.
        """

    def slow_down(self, poll: Poll) -> None:
        """One conditional write: `interval` grows by SLOW_DOWN_STEP and counts from now. Only if the grant
        is pending; otherwise nothing happens.
        """

    def undo_poll(self, poll: Poll) -> None:
        """One conditional write, active -> approved as before: only if this poll made it active and nothing
        came after.
        """


def redeem_device_code(
    request: AccessTokenRequest, *, issuer: TokenIssuer, grants: DeviceCodeGrants
) -> Issued:
    """The tokens of a device code. Raises AuthorizationPending, SlowDown, AccessDenied, ExpiredToken,
    InvalidRequest, InvalidGrant, InvalidScope, InvalidTarget, and TemporarilyUnavailable after which
    the same code can be redeemed again.
    """
    device_code = parse_code(request.parameters.require("device_code"))
    if device_code is None:
        raise _refuse("device_code_malformed")
    refresh_token, begun = begin_redemption(device_code.grant_id, request, issuer=issuer)
    poll = Poll(**vars(begun), device_code_hash=hash_secret(device_code.secret))
    return issue_first_tokens(
        request,
        refresh_token,
        issuer=issuer,
        redeem=lambda: _poll(poll, grants=grants),
        undo=lambda: grants.undo_poll(poll),
    )


def _poll(poll: Poll, *, grants: DeviceCodeGrants) -> Grant:
    """The grant that this poll made active. Raises what a device is told of any other."""
    outcome = grants.poll(poll)
    grant = outcome if isinstance(outcome, Grant) else outcome.found
    facts = {"grant_id": poll.grant_id, **grant_facts(grant)}
    if grant is None or grant.device_code_hash != poll.device_code_hash:
        raise _refuse("device_code_unknown", facts)
    if grant.client_id != poll.client_id:
        raise _refuse("device_code_of_another_client", facts)
    if grant.state == "revoked" and grant.next_state == "active":
        raise _refuse("grant_revoked", facts)
    if grant.state == "revoked":
        raise AccessDenied("The person refused.", reason="device_refused", facts=facts)
    if grant.state == "active" and grant.redemption == poll.redemption:
        return grant
    if grant.state == "active":
        # Nobody but who stole it, or lost what it brought, shows a spent code: as with a code, all ends.
        grants.revoke(poll.grant_id)
        raise _refuse("device_code_replayed", facts)
    if grant.exp <= poll.now:
        raise ExpiredToken("The device_code has expired.", reason="device_code_expired", facts=facts)
    if grant.redemption == poll.redemption:
        raise AuthorizationPending("The person has not decided yet.", reason="device_pending", facts=facts)
    grants.slow_down(poll)
    raise SlowDown("The device polls too often.", reason="device_polls_too_often", facts=facts)


def _refuse(reason: Reason, facts: dict[str, str] | None = None) -> InvalidGrant:
    return InvalidGrant(
        "The device_code is invalid, was used before or is not this client's.",
        reason=reason,
        facts=facts,
    )
