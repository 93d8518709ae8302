"""Where a person stands in an authorization: their interaction, session, account and consent."""

from chalicelib.accounts.consent import Consent
from chalicelib.accounts.session import Session, SessionCookie, live_session, parse_session_cookie
from chalicelib.accounts.user import User
from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.requests import InteractionStore
from chalicelib.aws.sessions import SessionStore
from chalicelib.aws.users import ConsentStore, UserStore
from chalicelib.gateway.cookies import SESSION, read_cookie
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.request import Request
from chalicelib.protocol.interaction import Interaction, hash_identifier
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record


class AuthorizationState(Record, kw_only=True):
    """What one batched read found. `session` is a live one, of a person whose sign-in counts."""

    interaction: Interaction | None = None
    session: Session | None = None
    user: User | None = None
    consent: Consent | None = None


class AuthorizationStates(Record, kw_only=True):
    """Reads the state of the person whose browser sent a request."""

    settings: Settings
    interactions: InteractionStore
    sessions: SessionStore
    users: UserStore
    consents: ConsentStore

    def read(
        self,
        request: Request,
        *,
        now: int,
        interaction_id: str | None = None,
        client_id: str | None = None,
    ) -> AuthorizationState:
        """One batched read; the consent where `client_id` is known. Nothing is read for nothing."""
        cookie = parse_session_cookie(read_cookie(request, SESSION, settings=self.settings))
        keys = {}
        if interaction_id is not None:
            keys["interaction"] = self.interactions.key(hash_identifier(interaction_id))
        if cookie is not None:
            keys["session"] = self.sessions.key(cookie.session_hash)
            keys["user"] = self.users.key(cookie.sub)
            if client_id is not None:
                keys["consent"] = self.consents.key(cookie.sub, client_id)
        if not keys:
            return AuthorizationState()
        items = dict(zip(keys, batch_get_items(list(keys.values())), strict=True))
        user = self.users.record(items.get("user"))
        session = self._session(self.sessions.record(items.get("session")), cookie, user, now=now)
        if session is not None:
            request.facts["sub"] = session.sub
        return AuthorizationState(
            interaction=self.interactions.record(items.get("interaction")),
            session=session,
            user=user if session else None,
            consent=self.consents.record(items.get("consent")) if session else None,
        )

    def read_consent(self, session: Session, client_id: str) -> Consent | None:
        """The consent alone, where the client is known only after the interaction was read."""
        return self.consents.record(batch_get_items([self.consents.key(session.sub, client_id)])[0])

    def _session(
        self, session: Session | None, cookie: SessionCookie | None, user: User | None, *, now: int
    ) -> Session | None:
        live = live_session(session, cookie, now=now)
        return live if live and user and user.is_signed_in(since=live.auth_time) else None


def authorization_states() -> AuthorizationStates:
    """Over the stack's tables; made once an instance."""
    users_table = required("USERS_TABLE")
    return AuthorizationStates(
        settings=settings(),
        interactions=InteractionStore(required("REQUESTS_TABLE")),
        sessions=SessionStore(required("SESSIONS_TABLE")),
        users=UserStore(users_table),
        consents=ConsentStore(users_table),
    )
