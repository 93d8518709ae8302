"""How often, after how long, and for how long a call is tried."""

import os

MAX_ATTEMPTS = 3
# Seconds. Full jitter: callers that failed together do not come back together.
BASE_DELAY = 0.05
MAX_DELAY = 1.0

# So many retries of one instance may fail in a row. During an outage that is longer than this, each request
# tries once: retries would only make it worse.
MAX_BUDGET = 100.0
# What a call that needed no retry gives back.
EARNED = 0.2


def jittered_delay(attempt: int) -> float:
    """Seconds to wait after the first (second, ...) attempt."""
    chance = int.from_bytes(os.urandom(4), "big") / 2**32
    return chance * min(MAX_DELAY, BASE_DELAY * (1 << attempt))


class RetryBudget:
    """How many retries there are left. Calls pay for theirs and get it back when they succeed."""

    def __init__(self) -> None:
        self._left = MAX_BUDGET

    def take(self) -> bool:
        """Pays for one retry; False where there is nothing left to pay with."""
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def succeed(self, retries: int) -> None:
        """A call had its answer, after so many retries."""
        self._left = min(MAX_BUDGET, self._left + (retries or EARNED))
