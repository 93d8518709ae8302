"""Guessing a password is slowed down, and nobody can lock another person out.

Attempts are counted under two keys: the login name together with "a browser that signed in with it
before" or "any other", and the source address. After the free attempts each further one must wait
longer than the one before it, MAX_DELAY at most. Somebody who guesses from elsewhere spends the
attempts of "any other": the person's own browser keeps its own.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import Protocol

FORGET_AFTER = 3_600
DELAY_STEP = 4
MAX_DELAY = 60


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """What attempts are counted under, and how many are free (no wait before the next)."""

    key: str
    free: int


class Attempts(Protocol):
    """Where attempts are counted."""

    def begin(self, attempt: AttemptKey, *, now: int) -> int:
        """One conditional write: counts an attempt where one is allowed now, and returns 0; otherwise
        counts nothing and returns the seconds to wait. Of parallel attempts past the free ones,
        one is allowed.
        """

    def take_back(self, attempt: AttemptKey) -> None:
        """The attempt that was counted led to a right password: it counts no more."""

    def forget(self, attempt: AttemptKey) -> None:
        """The attempts led to a right password: start anew."""


def account_attempts(login: str, *, browser: str | None) -> AttemptKey:
    """`browser` is the hash of a browser known to this login name, None for any other."""
    return AttemptKey(f"login_attempts#{_hash('account', login, browser or '')}", 5)


def source_attempts(source_ip: str) -> AttemptKey:
    """By IPv4 address, or by the /64 network one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        network = "unknown"
    else:
        network = str(ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False))  # noqa: PLR2004
    return AttemptKey(f"login_attempts#{_hash('source', network)}", 50)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
