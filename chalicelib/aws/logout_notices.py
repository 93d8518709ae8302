"""What is to be told of logouts: events of backchannel_logout, which Lambda keeps until it ran."""

import json
import time
from collections.abc import Callable

from chalicelib.aws.invocations import invoke_later


class LogoutEvents:
    """Implements the port LogoutNotices. `function` is the ARN of backchannel_logout."""

    def __init__(self, function: str, clock: Callable[[], float] = time.time) -> None:
        self._function = function
        self._clock = clock

    def enqueue(self, *sessions: tuple[str, str | None]) -> None:
        invoke_later(self._function, logout_event(*sessions, now=int(self._clock())))


def logout_event(*sessions: tuple[str, str | None], now: int) -> bytes:
    """The event of a logout that happened now, in JSON."""
    event = {"sessions": [{"sub": sub, "sid": sid} for sub, sid in sessions], "logged_out_at": now}
    return json.dumps(event, separators=(",", ":")).encode()
