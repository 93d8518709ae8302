"""The end of an authorization: a grant that waits for its code to be redeemed (RFC 6749 section 4.1.2)."""

import base64
import hashlib
from typing import TYPE_CHECKING, Protocol

from chalicelib.accounts.session import Session
from chalicelib.protocol.authentication_context import acr_of
from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Code, Grant, hash_secret
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.authorization_request import AuthorizationRequest

GRANT_ID_BYTES = 16
CODE_SECRET_BYTES = 32
GRANT_ID_CHARACTERS = 22
REDEMPTION_BYTES = 16
# Seconds in which a request that reads a person writes the grant they give, or fails: who signs them out
# everywhere waits as long before the last look for grants.
APPROVAL_SECONDS = 8


class NewGrants(Protocol):
    """Where grants begin."""

    def create(self, grant: Grant) -> bool:
        """One conditional write: False where there is a grant of this id with another code, or redemption,
        already.
        """


def grant_id_of(interaction_hash: str) -> str:
    """The grant of an interaction: one, so that an interaction can't be completed twice."""
    digest = hashlib.sha256(f"grant#{interaction_hash}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:GRANT_ID_CHARACTERS]


class RefreshTerms(Record):
    """Whether there are refresh tokens, whether they outlive the session, and until when (seconds since the
    epoch) they can be used at all.
    """

    refreshable: bool
    offline: bool
    refresh_until: int


def refresh_terms(
    scope: tuple[str, ...],
    client: Client,
    *,
    session_exp: int,
    code_exp: int,
    settings: Settings,
    now: int,
) -> RefreshTerms:
    """Refresh tokens are given to clients registered for them: with openid only where offline_access was
    granted (OpenID Connect Core section 11). Without offline_access they end with the session.
    """
    offline = "offline_access" in scope
    refreshable = "refresh_token" in client.grant_types and (offline or "openid" not in scope)
    refresh_until = now + settings.refresh_token_lifetime
    if not offline:
        refresh_until = min(refresh_until, session_exp)
    if not refreshable:
        refresh_until = code_exp + settings.access_token_lifetime
    return RefreshTerms(refreshable, offline, refresh_until)


class Approval(RefreshTerms):
    """What a person's approval gives a grant, by the names of its members: whose it is, how they signed in,
    and its refresh terms.
    """

    sub: str
    auth_time: int
    acr: str | None
    amr: tuple[str, ...]
    sid: str | None


def approval_of(
    session: Session,
    scope: tuple[str, ...],
    client: Client,
    *,
    code_exp: int,
    settings: Settings,
    now: int,
) -> Approval:
    """What the person of this session gives a grant whose code expires at `code_exp`."""
    terms = refresh_terms(
        scope, client, session_exp=session.exp, code_exp=code_exp, settings=settings, now=now
    )
    return Approval(
        **vars(terms),
        sub=session.sub,
        auth_time=session.auth_time,
        acr=acr_of(session.amr),
        amr=session.amr,
        sid=session.sid,
    )


def approved_grant(
    request: "AuthorizationRequest", session: Session, code: Code, *, settings: Settings, now: int
) -> Grant:
    """The grant a person's approval makes."""
    code_exp = now + settings.code_lifetime
    approval = approval_of(
        session, request.scope, request.client, code_exp=code_exp, settings=settings, now=now
    )
    return Grant(
        **vars(approval),
        grant_id=code.grant_id,
        state="approved",
        client_id=request.client.client_id,
        scope=request.scope,
        resources=request.resources,
        exp=code_exp,
        code_exp=code_exp,
        created_at=now,
        code_hash=hash_secret(code.secret),
        redirect_uri=request.redirect_uri,
        code_challenge=request.code_challenge,
        nonce=request.nonce,
        claims=request.claims.kept(),
        claims_locales=request.claims_locales if request.is_openid else (),
    )
