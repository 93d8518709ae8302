"""Guessing secrets is slowed down, and nobody can lock a client out.

What failed is counted, by the client that was named and the network it came from, and by that network for
all clients. Past a bound, what fails is told to wait. Who knows the secret never meets a count: a secret has
256 bits, so that guessing it is hopeless at any speed; what guesses cost is to be bounded, and seen.
"""

from typing import Protocol

from chalicelib.protocol.errors import TooManyFailures
from chalicelib.record import Record


class Wait(Record):
    """How many seconds to wait. `known`: somebody from there was told before, and nothing was asked anew."""

    seconds: int
    known: bool


class Failures(Protocol):
    """Counts what failed to authenticate."""

    def count(self, name: str, *, source_ip: str, now: int) -> Wait | None:
        """Counts one more of this name from this address; None where it is one of the free ones, or its time
        has come; otherwise how long to wait, and nothing is counted. Never fails.
        """


def check_not_too_many(
    failures: Failures, name: str, *, source_ip: str, facts: dict[str, str], now: int
) -> None:
    """Counts a failure. Raises TooManyFailures past the bound; `facts` are what the log says of it."""
    wait = failures.count(name, source_ip=source_ip, now=now)
    if wait is not None:
        raise TooManyFailures(
            "Too many requests from there failed to authenticate. Wait before the next one.",
            # The audit trail is told of a flood where it is made to wait, and not by each request of it.
            reason="client_auth_flood" if wait.known else "client_auth_throttled",
            facts=facts,
            retry_after=wait.seconds,
        )
