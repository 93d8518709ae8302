"""Guessing a password, a user code or a client's secret is slowed down, and nobody can lock another out.

Of a password: a browser that signed in with a login name before has its attempts counted for itself alone.
Any other's are counted three times: for the login name from that network, for the network, and for the
login name from anywhere. After the free attempts each further one must wait longer than the one before it,
MAX_DELAY at most.

Of a user code, which only who is signed in can try: for the person, and for the network. Where others have
used up what is free in the network, a person still has attempts that are counted for themselves alone. A
right code is no attempt, and clears nothing: anybody can have a device show as many as they like.

Of a client's secret, for the network, and for the client from that network; a right one is no attempt either.
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
    network = network_of(source_ip)
    return (
        _key("network", network, free=50, shared=True),
        _key("account", login, network, free=5, shared=False),
        _key("anywhere", login, free=100, shared=True),
    )


def network_of(source_ip: str) -> str:
    """An IPv4 address, or the /64 network one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return "unknown"
    prefix = IPV6_PREFIX if address.version == 6 else 32  # noqa: PLR2004
    return str(ipaddress.ip_network((address, prefix), strict=False))


def is_same_network(one: str | None, other: str) -> bool | None:
    """Whether two addresses are of one network; None where that can't be told, as of IPv4 and IPv6."""
    networks = {network_of(one or ""), network_of(other)}
    if "unknown" in networks or len({":" in network for network in networks}) > 1:
        return None
    return len(networks) == 1


def _key(*parts: str, free: int, shared: bool) -> AttemptKey:
    return AttemptKey(f"login_attempts#{_hash(*parts)}", free, shared)


class UserCodeKeys(Record):
    """What an attempt at a user code counts under: the person, their network, and, where that says to wait,
    `spared` in its place.
    """

    person: AttemptKey
    network: AttemptKey
    spared: AttemptKey


def user_code_keys(sub: str, *, source_ip: str) -> UserCodeKeys:
    """Of this person in this network."""
    network = network_of(source_ip)
    return UserCodeKeys(
        person=_user_code_key("person", sub, free=5, shared=False),
        network=_user_code_key("network", network, free=50, shared=True),
        spared=_user_code_key("spared", sub, free=2, shared=False),
    )


def begin_user_code(
    attempts: Attempts, keys: UserCodeKeys, *, now: int
) -> tuple[int, tuple[AttemptKey, ...]]:
    """Counts an attempt at a user code: 0 and what it counts under, or the seconds to wait."""
    wait = attempts.begin(keys.person, now=now)
    if wait:
        return wait, ()
    if attempts.begin(keys.network, now=now) == 0:
        return 0, (keys.person, keys.network)
    return attempts.begin(keys.spared, now=now), (keys.person, keys.spared)


def registration_key(source_ip: str, *, free: int = 20) -> AttemptKey:
    """What a client counts under that registers itself, from this network: so many an hour, then one a
    minute.
    """
    return AttemptKey(f"registration_attempts#{_hash(network_of(source_ip))}", free, shared=True)


def _user_code_key(*parts: str, free: int, shared: bool) -> AttemptKey:
    return AttemptKey(f"user_code_attempts#{_hash(*parts)}", free, shared)


def client_attempt_keys(name: str, *, source_ip: str) -> tuple[AttemptKey, AttemptKey]:
    """What a failure of a client of this name counts under, in the order to ask."""
    network = network_of(source_ip)
    return (
        AttemptKey(f"client_attempts#{_hash('network', network)}", free=50, shared=True),
        AttemptKey(f"client_attempts#{_hash('client', name, network)}", free=10, shared=False),
    )


def client_keys_key(host: str) -> AttemptKey:
    """What fetching the keys of clients that registered themselves counts under while it lasts, and where it
    fails: 20 at a time of one host, or in an hour, then one a minute.
    """
    return AttemptKey(f"client_attempts#{_hash('keys', host)}", free=20, shared=True)


def sector_host_key(host: str) -> AttemptKey:
    """What reading the documents of sectors counts under: as the keys of clients."""
    return AttemptKey(f"registration_attempts#{_hash('sector', host)}", free=20, shared=True)


def logo_host_key(host: str) -> AttemptKey:
    """What fetching logos counts under of clients nobody of the tenant has looked at: as their keys."""
    return AttemptKey(f"login_attempts#{_hash('logo', host)}", free=20, shared=True)


def logout_host_key(host: str) -> AttemptKey:
    """What telling clients of logouts counts under that nobody of the tenant has looked at: as their keys."""
    return AttemptKey(f"client_attempts#{_hash('logout', host)}", free=20, shared=True)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
