"""Waiting for the grants that were being given to somebody while they were signed out everywhere."""

import sys
import time

from chalicelib.protocol.approval import APPROVAL_SECONDS

# An index of DynamoDB is behind its table for less than a second, as a rule.
INDEX_SECONDS = 2.0
SETTLE_SECONDS = APPROVAL_SECONDS + INDEX_SECONDS


def settle(seconds: float) -> None:
    """Waits; whoever looks at a terminal is told why."""
    if sys.stderr.isatty():
        sys.stderr.write(f"Signed out. Waiting {seconds:.0f} s for what was under way to end ...\n")
    time.sleep(seconds)
