"""The end of an authorization: its grant is made, and what the client asked for sent to it."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.accounts.session import Session, Sessions, due_touch
from chalicelib.accounts.user import User
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.kms import KeyRing
from chalicelib.composition.authorization_answer import client_answer
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.response import Response
from chalicelib.pages.look import Look
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.approval import (
    CODE_SECRET_BYTES,
    REDEMPTION_BYTES,
    NewGrants,
    approved_grant,
)
from chalicelib.protocol.authorization_request import AuthorizationRequest
from chalicelib.protocol.grant import Code, Grant
from chalicelib.protocol.session_state import session_state_member
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.issuing import TokenIssuer


# Multiple Response Type Encoding Practices section 4: the person is who they are and has consented, and that
# is all. As nothing leaves, nothing is kept, and it may be answered as often as it is asked.
WITHOUT_TOKENS = frozenset({"code", "none"})


class AuthorizationCompletion(Record, kw_only=True):
    """What it works with. `issuer` is made where a token leaves with the response."""

    settings: Settings
    grants: NewGrants
    sessions: Sessions
    random: RandomText
    issuer: Callable[[], "TokenIssuer"]

    def complete(
        self,
        request: AuthorizationRequest,
        session: Session,
        grant_id: str,
        *,
        user: User | None,
        look: Look,
        now: int,
    ) -> Response | None:
        """The authorization response; None where the grant's interaction was completed before.

        Raises InvalidTarget, AccessDenied where the tenant's policy refuses, and TemporarilyUnavailable where
        nothing was sent and all can be asked again.
        """
        grant: Grant | None = None
        code: Code | None = None
        members: dict[str, str] = {}
        if request.by_code:
            code = Code(grant_id, self.random(CODE_SECRET_BYTES))
            grant = approved_grant(request, session, code, settings=self.settings, now=now)
            members = {"code": str(code)}
        if not request.response_type <= WITHOUT_TOKENS:
            grant, tokens = self._issue(
                request, session, grant_id, grant=grant, code=code, user=user, now=now
            )
            members |= tokens
        if grant is not None and not self.grants.create(grant):
            return None
        idle_exp = due_touch(session, now=now, idle_lifetime=self.settings.session_idle_lifetime)
        if idle_exp is not None:
            self.sessions.touch(session, idle_exp=idle_exp)
        watched = session_state_member(request, session, settings=self.settings, random=self.random)
        log = _log(request.response_type, grant)
        return client_answer(request.target, {**members, **watched}, look=look, log=log)

    def _issue(
        self,
        request: AuthorizationRequest,
        session: Session,
        grant_id: str,
        *,
        grant: Grant | None,
        code: Code | None,
        user: User | None,
        now: int,
    ) -> tuple[Grant, dict[str, str]]:
        """What leaves beside a code, or in its place. It is signed first, so that nothing is to be undone
        where it can't be: it counts, and leaves, once its grant is written.
        """
        # Imported where it is first needed: most responses are a code alone.
        from chalicelib.protocol.authorization_response import (  # noqa: PLC0415
            implicit_grant,
            lifetime_of,
            response_tokens,
        )

        issuer = self.issuer()
        servers = issuer.find_servers(request.resources, client=request.client)
        if grant is None:
            grant = implicit_grant(
                request,
                session,
                grant_id,
                redemption=self.random(REDEMPTION_BYTES),
                lifetime=lifetime_of(request, servers, issuer=issuer),
                settings=self.settings,
                now=now,
            )
        tokens = response_tokens(request, grant, servers, code=code, user=user, issuer=issuer, now=now)
        return grant, tokens


def _log(response_type: frozenset[str], grant: Grant | None) -> dict[str, str]:
    """The most telling of what leaves; of an access token, that it should not (RFC 9700 section 2.1.2)."""
    outcome = next((word for word in ("token", "id_token", "code") if word in response_type), "none")
    warning = {"warning": "implicit_grant"} if outcome == "token" else {}
    return {"outcome": outcome, **warning, **({"grant_id": grant.grant_id} if grant else {})}


def authorization_completion(sessions: Sessions, keys: KeyRing) -> AuthorizationCompletion:
    """Over the stack's tables and keys; made once an instance."""

    @cache
    def issuer() -> "TokenIssuer":
        # Imported where it is first needed: most tenants have the implicit grant off.
        from chalicelib.composition.token_issuer import token_issuer  # noqa: PLC0415

        return token_issuer(keys)

    return AuthorizationCompletion(
        settings=settings(),
        grants=GrantStore(required("GRANTS_TABLE")),
        sessions=sessions,
        random=random_text,
        issuer=issuer,
    )
