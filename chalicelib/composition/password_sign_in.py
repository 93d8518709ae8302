"""Signing in with a password: who it is is proved, and a session made."""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from chalicelib.accounts.password_check import AMR_PASSWORD, PasswordCheck, Unproved, Why
from chalicelib.accounts.session import SECRET_BYTES, SID_BYTES, Sessions, session_cookie, started_session
from chalicelib.aws.at_once import at_once
from chalicelib.composition.authorization_state import AuthorizationStates
from chalicelib.composition.open_interaction import OpenInteraction
from chalicelib.composition.password_check import password_check
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required
from chalicelib.gateway.request import Request
from chalicelib.pages.login import too_many_attempts
from chalicelib.pages.look import Text
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.interaction import hash_identifier
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.backchannel_logout import LogoutNotices


class Refusal(Record, kw_only=True):
    """Why nobody is signed in, for the log and on the page. `wait` is in seconds, until the next attempt."""

    reason: Reason
    error: Text
    status: int = 400
    wait: int | None = None


OVER = Refusal(reason="login_needed", error=Text("Your session is over. Sign in again."))
# One answer for all three: nobody learns which accounts there are.
WRONG = Text("The email or password is not right. Check both and try again.")
NOT_ACTIVE = Text("This account is not active. Ask the people who run this service.")
REFUSALS: dict[Why, Refusal] = {
    "login_incomplete": Refusal(reason="login_incomplete", error=WRONG),
    "login_unknown": Refusal(reason="login_unknown", error=WRONG),
    "password_wrong": Refusal(reason="password_wrong", error=WRONG),
    "account_disabled": Refusal(reason="account_disabled", error=NOT_ACTIVE, status=403),
}


class PasswordSignIn(Record, kw_only=True):
    """What signing in works with."""

    settings: Settings
    sessions: Sessions
    check: PasswordCheck
    notices: Callable[[], "LogoutNotices"]
    random: RandomText

    def attempt(
        self, request: Request, opened: OpenInteraction, *, login: str, password: str, now: int
    ) -> Refusal | str:
        """The cookie of a new session, or why nobody is signed in."""
        browser = hash_identifier(opened.browser)
        # Whom it is about, and not who was signed in before.
        request.facts.pop("sub", None)
        proved = self.check.prove(login, password, browser=browser, source_ip=request.source_ip, now=now)
        if proved.sub is not None:
            request.facts["sub"] = proved.sub
        if isinstance(proved, Unproved):
            return _refusal(proved)
        writes = list(proved.due)
        if not proved.known_browser:
            remember = self.check.passwords.remember_browser
            writes.append(partial(remember, proved.credential, browser))
        cookie = self._start_session(opened, proved.sub, besides=writes, now=now)
        self.check.renew(proved, password)
        return cookie

    def _start_session(
        self, opened: OpenInteraction, sub: str, *, besides: list[Callable[[], None]], now: int
    ) -> str:
        """A new session in place of the one there was, against fixation. `besides` are the other writes of
        signing in: none waits for another.
        """
        secret = self.random(SECRET_BYTES)
        previous = opened.session
        session = started_session(
            secret=secret,
            sid=self.random(SID_BYTES),
            sub=sub,
            amr=AMR_PASSWORD,
            interaction=opened.interaction_hash,
            previous=previous,
            lifetime=self.settings.session_lifetime,
            idle_lifetime=self.settings.session_idle_lifetime,
            now=now,
        )
        writes: list[Callable[[], None]] = [partial(self.sessions.put, session), *besides]
        if previous is not None and previous.sub != sub:
            # Theirs ends with this: the clients that took part in it are told now.
            writes.append(partial(self.notices().enqueue, (previous.sub, previous.sid)))
        at_once(lambda write: write(), writes)
        if previous is not None:
            self.sessions.delete(previous.session_hash)
        return session_cookie(sub, secret)


def _refusal(unproved: Unproved) -> Refusal:
    if unproved.why == "login_throttled":
        error = too_many_attempts(unproved.wait or 0)
        return Refusal(reason="login_throttled", error=error, status=429, wait=unproved.wait)
    return REFUSALS[unproved.why]


def password_sign_in(states: AuthorizationStates) -> PasswordSignIn:
    """Over the stack's tables; made once an instance."""
    return PasswordSignIn(
        settings=states.settings,
        sessions=states.sessions,
        check=password_check(states.users),
        notices=logout_notices,
        random=random_text,
    )


@cache
def logout_notices() -> "LogoutNotices":
    """What has clients told of logouts, made where it is first needed: few sign-ins end another's session."""
    from chalicelib.aws.logout_notices import LogoutEvents  # noqa: PLC0415

    return LogoutEvents(required("BACKCHANNEL_LOGOUT_FUNCTION"))
