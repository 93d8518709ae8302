"""A grant that a device asks for and a person decides on elsewhere (RFC 8628 section 3).

    state     next_state  what a poll gets         what comes next
    --------  ----------  -----------------------  ----------------------------------------
    pending   pending     authorization_pending    a person allows it (approved) or not (revoked)
    approved  active      the tokens               that poll makes it active
    active    active      invalid_grant (a replay) refreshes, as with any grant
    revoked   revoked     access_denied            nothing: a person refused
    revoked   active      invalid_grant            nothing: it was ended after it was allowed

Each is one conditional write. `next_state` is what the next poll makes of the grant, so that polling and
redeeming are the same write.
"""

from typing import Literal, Protocol

from chalicelib.accounts.session import Session
from chalicelib.protocol.approval import Approval, approval_of
from chalicelib.protocol.device_authorization_request import DeviceAuthorizationRequest
from chalicelib.protocol.grant import Code, Grant, Refused, hash_secret
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

INTERVAL = 5

Outcome = Literal["allowed", "refused", "decided_before", "expired"]


class DeviceApproval(Record, kw_only=True):
    """One person's decision to allow it, and what that gives the grant. `approval` names the interaction it
    was made in (its hash), so that the same decision sent twice is one.
    """

    grant_id: str
    approval: str
    given: Approval
    now: int


class NewDeviceGrants(Protocol):
    """Where grants of devices begin."""

    def start(self, grant: Grant) -> None:
        """One write; writing the same again changes nothing."""


class DeviceDecisions(Protocol):
    """Where a person's decision is kept. Of parallel decisions one is the grant's."""

    def get(self, grant_id: str) -> Grant | None: ...

    def approve(self, approval: DeviceApproval) -> Grant | Refused:
        """One conditional write, pending -> approved: only if the grant is pending and not expired."""

    def deny(self, grant_id: str, *, approval: str, now: int) -> Grant | Refused:
        """One conditional write, pending -> revoked: only if the grant is pending and not expired."""


def pending_grant(
    request: DeviceAuthorizationRequest, device_code: Code, *, settings: Settings, now: int
) -> Grant:
    """The grant a device authorization request makes. It is nobody's yet."""
    exp = now + settings.device_code_lifetime
    return Grant(
        grant_id=device_code.grant_id,
        state="pending",
        next_state="pending",
        client_id=request.client.client_id,
        scope=request.scope,
        resources=request.resources,
        exp=exp,
        code_exp=exp,
        refresh_until=exp,
        created_at=now,
        device_code_hash=hash_secret(device_code.secret),
        interval=INTERVAL,
        next_poll_at=now,
    )


def device_approval(
    grant: Grant,
    request: DeviceAuthorizationRequest,
    session: Session,
    *,
    approval: str,
    settings: Settings,
    now: int,
) -> DeviceApproval:
    """What a person's approval adds to the grant. Refresh tokens are given, and end, as with a code."""
    given = approval_of(
        session, grant.scope, request.client, code_exp=grant.code_exp, settings=settings, now=now
    )
    return DeviceApproval(grant_id=grant.grant_id, approval=approval, given=given, now=now)


def outcome_of(grant: Grant, *, approval: str, now: int) -> Outcome | None:
    """What became of a grant, to whoever makes the decision `approval`; None while it waits for one."""
    if grant.approval == approval:
        return "allowed" if grant.next_state == "active" else "refused"
    if grant.state != "pending":
        return "decided_before"
    return "expired" if grant.exp <= now else None
