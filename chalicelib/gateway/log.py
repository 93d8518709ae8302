"""One JSON line a request. No secret, token, code, password or assertion ever reaches it."""

import json
import sys
import traceback
from collections.abc import Mapping

_json = json.JSONEncoder(separators=(",", ":"))


def log_request(fields: Mapping[str, object]) -> None:
    """Writes the line."""
    sys.stdout.write(_json.encode(fields) + "\n")
    sys.stdout.flush()


def describe_fault(error: BaseException) -> dict[str, object]:
    """Where a fault of ours happened: its type and the lines of code, never its text, which may hold
    what was sent.
    """
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return {
        "fault": type(error).__name__,
        "at": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
