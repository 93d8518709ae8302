"""Guessing a password is slowed down, and nobody can lock another person out of their own browser.

A browser that signed in with a login name before has its attempts counted for itself alone. Any other's
are counted three times: for the login name from that network, for the network, and for the login name from
anywhere. After the free attempts each further one must wait longer than the one before it, MAX_DELAY at
most.
"""

import hashlib
import ipaddress
from typing import Protocol

from chalicelib.record import Record

FORGET_AFTER = 3_600
DELAY_STEP = 4
MAX_DELAY = 60
IPV6_PREFIX = 64


class AttemptKey(Record):
    """What attempts are counted under, how many are free (no wait before the next), and whether others
    than this person may be counted here too, so that one right password does not clear it.
    """

    key: str
    free: int
    shared: bool


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


def attempt_keys(login: str, *, known_browser: str | None, source_ip: str) -> tuple[AttemptKey, ...]:
    """What an attempt counts under, in the order to ask. `known_browser` is the hash of a browser that
    signed in with this login name before, None for any other.
    """
    if known_browser is not None:
        return (_key("browser", login, known_browser, free=5, shared=False),)
    network = _network(source_ip)
    return (
        _key("network", network, free=50, shared=True),
        _key("account", login, network, free=5, shared=False),
        _key("anywhere", login, free=100, shared=True),
    )


def _network(source_ip: str) -> str:
    """An IPv4 address, or the /64 network one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return "unknown"
    prefix = IPV6_PREFIX if address.version == 6 else 32  # noqa: PLR2004
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _key(*parts: str, free: int, shared: bool) -> AttemptKey:
    return AttemptKey(f"login_attempts#{_hash(*parts)}", free, shared)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
