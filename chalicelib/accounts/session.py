"""A person's session at this server (the OP's session of OpenID Connect): one item, one cookie.

The cookie is `<sub>.<secret>`; only the secret's hash is kept. `sub` is in the cookie so that the
session and the person's consent can be read together, and counts for nothing until the session
found by the secret names the same one.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

_COOKIE = re.compile(r"([A-Za-z0-9_-]{1,128})\.([A-Za-z0-9_-]{43})")

SECRET_BYTES = 32
SID_BYTES = 16

# A session in use is touched once in this part of its idle lifetime, not at every request.
TOUCH_PARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session. Times are seconds since the epoch. `sid` is its public name in ID tokens.

    `login_interaction` and `selection_interaction` name the interaction (its hash) in which the
    person last signed in, and last chose this account: that is how prompt=login and
    prompt=select_account are known to be satisfied.
    """

    session_hash: str
    sub: str
    sid: str
    auth_time: int
    amr: tuple[str, ...]
    exp: int
    idle_exp: int
    acr: str | None = None
    login_interaction: str | None = None
    selection_interaction: str | None = None


class Sessions(Protocol):
    """Where sessions are kept."""

    def put(self, session: Session) -> None: ...

    def touch(self, session: Session, *, idle_exp: int) -> None:
        """Moves the idle expiry; nothing happens where the session is gone meanwhile."""

    def select(self, session: Session, *, interaction: str) -> None:
        """Records that this account was chosen in an interaction; nothing happens where it is gone."""

    def delete(self, session_hash: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """A well-formed cookie: who it says it is, and the key of its session."""

    sub: str
    session_hash: str


def parse_session_cookie(value: str | None) -> SessionCookie | None:
    """The cookie, None where it is absent or malformed."""
    match = _COOKIE.fullmatch(value or "")
    return SessionCookie(match[1], hash_session_secret(match[2])) if match else None


def hash_session_secret(secret: str) -> str:
    """The key of a session: SHA-256 of the cookie's secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def live_session(session: Session | None, cookie: SessionCookie | None, *, now: int) -> Session | None:
    """The session if it is this cookie's, and neither its absolute nor its idle lifetime is over."""
    if session is None or cookie is None:
        return None
    if session.sub != cookie.sub or session.session_hash != cookie.session_hash:
        return None
    return session if now < min(session.exp, session.idle_exp) else None


def due_touch(session: Session, *, now: int, idle_lifetime: int) -> int | None:
    """The new idle expiry if the session was used long enough after its last touch, else None."""
    moved = now + idle_lifetime
    return moved if moved - session.idle_exp >= idle_lifetime // TOUCH_PARTS else None


def started_session(
    *,
    secret: str,
    sid: str,
    sub: str,
    amr: tuple[str, ...],
    interaction: str,
    previous: Session | None,
    lifetime: int,
    idle_lifetime: int,
    now: int,
) -> Session:
    """The session of a person who just proved who they are. Its secret is always new; its `sid` stays
    where the same person signs in again, so that what is bound to their session stays bound.
    """
    same_person = previous is not None and previous.sub == sub
    return Session(
        session_hash=hash_session_secret(secret),
        sub=sub,
        sid=previous.sid if previous is not None and same_person else sid,
        auth_time=now,
        amr=amr,
        exp=now + lifetime,
        idle_exp=now + idle_lifetime,
        login_interaction=interaction,
    )
