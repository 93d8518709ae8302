"""What a request asked of AWS: written down where calls go out, told where the request's line is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class CallRecord:
    """Attempts, by the name of their service: those made, those refused as too many, and what went wrong
    (`kms:Sign ThrottlingException`), also where a later attempt went right.

    `facts` and `metrics` are what the request's line says of them besides.

    Calls made at the same time write in it side by side: appending to a list needs no lock.
    """

    __slots__ = ("errors", "facts", "made", "metrics", "throttled")

    def __init__(self) -> None:
        self.made: list[str] = []
        self.throttled: list[str] = []
        self.errors: list[str] = []
        self.facts: dict[str, object] = {}
        self.metrics: dict[str, float] = {}


_record: ContextVar[CallRecord] = ContextVar("call_record")


@contextmanager
def recording(record: CallRecord) -> Iterator[None]:
    """Within it calls are written down in this record."""
    token = _record.set(record)
    try:
        yield
    finally:
        _record.reset(token)


def call_record() -> CallRecord:
    """Where a call is to be written down; one that nobody reads where nobody asked for it."""
    return _record.get(None) or CallRecord()
