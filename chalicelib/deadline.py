"""How much time is left to answer: set where requests come in, read where calls go out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# On time.monotonic, in seconds. A thread that works for a request needs the request's context
# (contextvars.copy_context) to see it.
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Within it there are so many seconds from now on; None where nobody says."""
    token = _deadline.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left() -> float | None:
    """Seconds until the deadline, negative ones after it; None where there is none."""
    end = _deadline.get()
    return None if end is None else end - time.monotonic()
