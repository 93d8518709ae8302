"""Signing in with a password: attempts are counted, the password verified, a session made."""

import os
from collections.abc import Callable
from functools import partial

from chalicelib.accounts.attempts import AttemptKey, Attempts, attempt_keys
from chalicelib.accounts.password import (
    MAX_LOGIN_LENGTH,
    SALT_BYTES,
    PasswordCredentials,
    hash_password,
    needs_rehash,
    normalize_login,
    verify_password,
)
from chalicelib.accounts.session import SECRET_BYTES, SID_BYTES, Sessions, session_cookie, started_session
from chalicelib.accounts.user import Users
from chalicelib.aws.at_once import at_once, both
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.users import PasswordStore
from chalicelib.composition.authorization_state import AuthorizationStates
from chalicelib.composition.open_interaction import OpenInteraction
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required
from chalicelib.gateway.request import Request
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.interaction import hash_identifier
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

AMR_PASSWORD = ("pwd",)
# No sub is empty.
NOBODY = ""


class Refusal(Record, kw_only=True):
    """Why nobody is signed in, for the log and on the page. `wait` is in seconds, until the next attempt."""

    reason: Reason
    error: str
    status: int = 400
    wait: int | None = None


# One answer for all three: nobody learns which accounts there are.
WRONG = "The email or password is not right. Check both and try again."
INCOMPLETE = Refusal(reason="login_incomplete", error=WRONG)
UNKNOWN = Refusal(reason="login_unknown", error=WRONG)
WRONG_PASSWORD = Refusal(reason="password_wrong", error=WRONG)
NOT_ACTIVE = "This account is not active. Ask the people who run this service."
DISABLED = Refusal(reason="account_disabled", error=NOT_ACTIVE, status=403)
OVER = Refusal(reason="login_needed", error="Your session is over. Sign in again.")


class PasswordSignIn(Record, kw_only=True):
    """What signing in works with."""

    settings: Settings
    sessions: Sessions
    users: Users
    passwords: PasswordCredentials
    attempts: Attempts
    random: RandomText
    salt: Callable[[], bytes]

    def attempt(
        self, request: Request, opened: OpenInteraction, *, login: str, password: str, now: int
    ) -> Refusal | str:
        """The cookie of a new session, or why nobody is signed in."""
        name = normalize_login(login)
        if not name or not password or len(name) > MAX_LOGIN_LENGTH:
            return INCOMPLETE
        credential = self.passwords.get(name)
        # Whom it is about, and not who was signed in before.
        request.facts.pop("sub", None)
        if credential is not None:
            request.facts["sub"] = credential.sub
        browser = hash_identifier(opened.browser)
        known = credential is not None and browser in credential.browsers
        counted = attempt_keys(name, known_browser=browser if known else None, source_ip=request.source_ip)
        wait = self._begin(counted, now=now)
        if wait:
            error = f"Too many attempts. Wait {wait} seconds, then try again."
            return Refusal(reason="login_throttled", error=error, status=429, wait=wait)
        # The person is read while Argon2 works; where there is none, nobody is, so that all take as long.
        right, user = both(
            lambda: verify_password(password, credential),
            lambda: self.users.get(credential.sub if credential else NOBODY),
        )
        if not right or credential is None:
            return WRONG_PASSWORD if credential else UNKNOWN
        if user is None or user.disabled:
            return DISABLED
        writes = [partial(self._clear, key) for key in counted]
        if not known:
            writes.append(partial(self.passwords.remember_browser, credential, browser))
        cookie = self._start_session(opened, credential.sub, besides=writes, now=now)
        if needs_rehash(credential):
            self.passwords.replace_hash(credential, hash_password(password, salt=self.salt()))
        return cookie

    def _begin(self, counted: tuple[AttemptKey, ...], *, now: int) -> int:
        """Counts an attempt under every key, and returns 0; the seconds to wait where one of them says so.

        One after the other: what is not allowed under one key must not be counted under the next.
        """
        for key in counted:
            wait = self.attempts.begin(key, now=now)
            if wait:
                return wait
        return 0

    def _clear(self, key: AttemptKey) -> None:
        clear = self.attempts.take_back if key.shared else self.attempts.forget
        clear(key)

    def _start_session(
        self, opened: OpenInteraction, sub: str, *, besides: list[partial[None]], now: int
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
        at_once(lambda write: write(), [partial(self.sessions.put, session), *besides])
        if previous is not None:
            self.sessions.delete(previous.session_hash)
        return session_cookie(sub, secret)


def password_sign_in(states: AuthorizationStates) -> PasswordSignIn:
    """Over the stack's tables; made once an instance."""
    return PasswordSignIn(
        settings=states.settings,
        sessions=states.sessions,
        users=states.users,
        passwords=PasswordStore(required("USERS_TABLE")),
        attempts=AttemptStore(required("REQUESTS_TABLE")),
        random=random_text,
        salt=lambda: os.urandom(SALT_BYTES),
    )
