"""Resource owner password credentials: RFC 6749 section 4.3, for migration only (RFC 9700 section 2.4).

The client is given the person's password, and nothing but its registration stands for their consent: so only
one that authenticates may, where its tenant has the grant on. Who they are is proved as at the login page,
with the same counts of attempts; why they are not is for the log alone.
"""

from collections.abc import Callable
from typing import Any, Protocol

from chalicelib.accounts.password_check import AMR_PASSWORD, PasswordCheck, Proved, Unproved
from chalicelib.accounts.session import SID_BYTES
from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.approval import GRANT_ID_BYTES, refresh_terms
from chalicelib.protocol.authentication_context import acr_of
from chalicelib.protocol.errors import InvalidGrant, UnauthorizedClient
from chalicelib.protocol.grant import Grant, GrantRevocation
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.redemption import Redemption, begin_redemption, issue_first_tokens
from chalicelib.protocol.scope import authorized_scope
from chalicelib.record import Record, replace

# Does what none of waits for another.
AllAtOnce = Callable[[list[Callable[[], Any]]], object]


class PasswordGrants(GrantRevocation, Protocol):
    """Where the grants are kept that a password begins."""

    def begin(self, grant: Grant) -> bool:
        """One conditional write: only where there is none of this id. True as well where this very write was
        made before: its `redemption` tells.
        """


class PasswordPorts(Record, kw_only=True):
    """What the grant works with."""

    check: PasswordCheck
    grants: PasswordGrants
    all_at_once: AllAtOnce


def issue_for_password(request: AccessTokenRequest, *, issuer: TokenIssuer, ports: PasswordPorts) -> Issued:
    """The tokens of a person whose password is right. Raises UnauthorizedClient, InvalidRequest,
    InvalidTarget, InvalidScope, InvalidGrant, TemporarilyUnavailable.
    """
    client = request.client
    if client.public:
        raise UnauthorizedClient("Only a client that authenticates may use this.", reason="client_public")
    username = request.parameters.require("username")
    password = request.parameters.require("password")
    # What is wrong with the request is told before anything is said, or counted, of the person.
    servers = issuer.find_servers(request.resources, client=client)
    scope = authorized_scope(request.scope, client=client, servers=servers)
    proved = ports.check.prove(username, password, browser=None, source_ip=request.source_ip, now=request.now)
    if isinstance(proved, Unproved):
        raise _refuse(proved.why, sub=proved.sub)
    refresh_token, begun = begin_redemption(issuer.random(GRANT_ID_BYTES), request, issuer=issuer)
    grant = _grant(
        replace(request, scope=scope, resources=tuple(server.resource for server in servers)),
        begun,
        sub=proved.sub,
        sid=issuer.random(SID_BYTES),
        issuer=issuer,
    )
    return issue_first_tokens(
        replace(request, scope=scope),
        refresh_token,
        issuer=issuer,
        redeem=lambda: _begin(grant, proved, password, ports=ports),
        undo=lambda: ports.grants.revoke(grant.grant_id),
    )


def _grant(
    request: AccessTokenRequest, begun: Redemption, *, sub: str, sid: str, issuer: TokenIssuer
) -> Grant:
    """Active at once. It has a `sid` of its own, by which it is found with all else of the person's."""
    settings, now = issuer.settings, request.now
    scope = request.scope or ()
    terms = refresh_terms(
        scope,
        request.client,
        # Nobody is signed in: without offline_access it lasts as long as if somebody was, from now on.
        session_exp=now + settings.session_lifetime,
        code_exp=now,
        settings=settings,
        now=now,
    )
    return Grant(
        **vars(terms),
        grant_id=begun.grant_id,
        state="active",
        client_id=begun.client_id,
        sub=sub,
        scope=scope,
        resources=request.resources,
        exp=terms.refresh_until,
        code_exp=now,
        created_at=now,
        auth_time=now,
        acr=acr_of(AMR_PASSWORD),
        amr=AMR_PASSWORD,
        sid=sid,
        redemption=begun.redemption,
        generation=1,
        family_hash=begun.family_hash,
        refresh_hash=begun.refresh_hash,
        refresh_exp=begun.refresh_exp,
    )


def _begin(grant: Grant, proved: Proved, password: str, *, ports: PasswordPorts) -> Grant:
    """Writes it, and then looks once more: who was disabled or signed out while the password was verified
    has not been given anything that the administration did not see.
    """
    ports.all_at_once([lambda: ports.grants.begin(grant), *proved.due])
    ports.check.renew(proved, password)
    user = ports.check.users.get(proved.sub)
    if user is None or not user.is_signed_in(since=grant.created_at):
        ports.grants.revoke(grant.grant_id)
        raise _refuse("account_disabled", sub=proved.sub)
    return grant


def _refuse(reason: Reason, *, sub: str | None) -> InvalidGrant:
    return InvalidGrant(
        "The username or password is not right, or cannot be used now.",
        reason=reason,
        facts={"sub": sub} if sub else {},
    )
