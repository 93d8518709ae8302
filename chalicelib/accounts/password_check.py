"""Proving who one is by a login name and a password: attempts are counted, Argon2 is asked, and nobody learns
which accounts there are.
"""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeVar

from chalicelib.accounts.attempts import AttemptKey, Attempts, attempt_keys
from chalicelib.accounts.password import (
    MAX_LOGIN_LENGTH,
    PasswordCredential,
    PasswordCredentials,
    hash_password,
    needs_rehash,
    normalize_login,
    verify_password,
)
from chalicelib.accounts.user import Users
from chalicelib.record import Record

AMR_PASSWORD = ("pwd",)
# No sub is empty.
NOBODY = ""

One = TypeVar("One")
Other = TypeVar("Other")
Why = Literal["login_incomplete", "login_throttled", "login_unknown", "password_wrong", "account_disabled"]


class SideBySide(Protocol):
    """Does two things at once, and returns what both made."""

    def __call__(self, one: Callable[[], One], other: Callable[[], Other], /) -> tuple[One, Other]: ...


class Unproved(Record, kw_only=True):
    """Why it is nobody, for the log alone; `wait` is in seconds, until the next attempt. `sub` is whom it was
    about, None where there is nobody of this login name.
    """

    why: Why
    sub: str | None = None
    wait: int | None = None


class Proved(Record, kw_only=True):
    """Somebody who is not disabled, by the right password. `due` are the writes that follow from it, none of
    which waits for another: the attempts count no more.
    """

    credential: PasswordCredential
    known_browser: bool
    due: tuple[Callable[[], None], ...]

    @property
    def sub(self) -> str:
        return self.credential.sub


class PasswordCheck(Record, kw_only=True):
    """What the check works with; `salt` gives the fresh random bytes of a password's hash."""

    users: Users
    passwords: PasswordCredentials
    attempts: Attempts
    salt: Callable[[], bytes]
    both: SideBySide

    def prove(
        self, login: str, password: str, *, browser: str | None, source_ip: str, now: int
    ) -> Proved | Unproved:
        """Counts the attempt and verifies. `browser` is the hash of the one it comes from, None where there
        is none. Whoever proved who they are has `due` done, and then `renew`.
        """
        name = normalize_login(login)
        if not name or not password or len(name) > MAX_LOGIN_LENGTH:
            return Unproved(why="login_incomplete")
        credential = self.passwords.get(name)
        sub = credential.sub if credential else None
        known = credential is not None and browser is not None and browser in credential.browsers
        counted = attempt_keys(name, known_browser=browser if known else None, source_ip=source_ip)
        wait = self._begin(counted, now=now)
        if wait:
            return Unproved(why="login_throttled", sub=sub, wait=wait)
        # The person is read while Argon2 works; where there is none, nobody is, so that all take as long.
        right, user = self.both(
            lambda: verify_password(password, credential), lambda: self.users.get(sub or NOBODY)
        )
        if not right or credential is None:
            return Unproved(why="password_wrong" if credential else "login_unknown", sub=sub)
        if user is None or user.disabled:
            return Unproved(why="account_disabled", sub=sub)
        return Proved(credential=credential, known_browser=known, due=self._cleared(counted))

    def renew(self, proved: Proved, password: str) -> None:
        """The stored hash is made anew where it was made with other parameters than today's."""
        if needs_rehash(proved.credential):
            self.passwords.replace_hash(proved.credential, hash_password(password, salt=self.salt()))

    def _begin(self, counted: Sequence[AttemptKey], *, now: int) -> int:
        """Counts an attempt under every key, and returns 0; the seconds to wait where one of them says so.

        One after the other: what is not allowed under one key must not be counted under the next.
        """
        for key in counted:
            wait = self.attempts.begin(key, now=now)
            if wait:
                return wait
        return 0

    def _cleared(self, counted: Sequence[AttemptKey]) -> tuple[Callable[[], None], ...]:
        def clearing(key: AttemptKey) -> Callable[[], None]:
            clear = self.attempts.take_back if key.shared else self.attempts.forget
            return lambda: clear(key)

        return tuple(clearing(key) for key in counted)
