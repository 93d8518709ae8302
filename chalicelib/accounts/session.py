"""A person's session at this server (the OP's session of OpenID Connect): one item, one cookie.

The cookie is `<sub>.<secret>`, the sub in base64url; only the secret's hash is kept. `sub` is in the
cookie so that the session and the person's consent can be read together, and counts for nothing until
the session found by the secret names the same one.
"""

import base64
import hashlib
import re
from typing import Protocol

from chalicelib.record import Record

_COOKIE = re.compile(r"([A-Za-z0-9_-]{2,340})\.([A-Za-z0-9_-]{43})")

SECRET_BYTES = 32
SID_BYTES = 16
MAX_REPLACED = 10

# A session in use is touched once in this part of its idle lifetime, not at every request.
TOUCH_PARTS = 8


class Session(Record, kw_only=True):
    """One session. Times are seconds since the epoch. `sid` is its public name in ID tokens.

    `login_interaction` and `selection_interaction` name the interaction (its hash) in which the
    person last signed in, and last chose this account: that is how prompt=login and
    prompt=select_account are known to be satisfied. `replaced` are sessions of other people in the same
    browser ("<sid> <sub>"): signing out ends what is bound to them too.
    """

    session_hash: str
    sub: str
    sid: str
    auth_time: int
    amr: tuple[str, ...]
    exp: int
    idle_exp: int
    login_interaction: str | None = None
    selection_interaction: str | None = None
    replaced: tuple[str, ...] = ()

    @property
    def replaced_sessions(self) -> tuple[tuple[str, str], ...]:
        """The sub and sid of each session of another person that this one took the place of."""
        return tuple((sub, sid) for sid, _, sub in (entry.partition(" ") for entry in self.replaced))


class Sessions(Protocol):
    """Where sessions are kept."""

    def put(self, session: Session) -> None: ...

    def touch(self, session: Session, *, idle_exp: int) -> None:
        """Moves the idle expiry; nothing happens where the session is gone meanwhile."""

    def select(self, session: Session, *, interaction: str) -> None:
        """Records that this account was chosen in an interaction; nothing happens where it is gone."""

    def delete(self, session_hash: str) -> None: ...


class SessionCookie(Record):
    """A well-formed cookie: who it says it is, and the key of its session."""

    sub: str
    session_hash: str


def parse_session_cookie(value: str | None) -> SessionCookie | None:
    """The cookie, None where it is absent or malformed."""
    match = _COOKIE.fullmatch(value or "")
    if match is None:
        return None
    try:
        sub = base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)).decode("ascii")
    except ValueError:
        return None
    return SessionCookie(sub, hash_session_secret(match[2]))


def session_cookie(sub: str, secret: str) -> str:
    """The cookie of a session."""
    return f"{base64.urlsafe_b64encode(sub.encode()).rstrip(b'=').decode()}.{secret}"


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
    replaced = previous.replaced if previous is not None else ()
    if previous is not None and not same_person:
        replaced = (*replaced, f"{previous.sid} {previous.sub}")[-MAX_REPLACED:]
    return Session(
        session_hash=hash_session_secret(secret),
        sub=sub,
        sid=previous.sid if previous is not None and same_person else sid,
        auth_time=now,
        amr=amr,
        exp=now + lifetime,
        idle_exp=now + idle_lifetime,
        login_interaction=interaction,
        replaced=replaced,
    )
