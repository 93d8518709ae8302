"""What a fetch ends with; apart from the fetch, which is slow to import."""

from chalicelib.record import Record


class FetchError(Exception):
    """The document could not be had; the text says why, for the log."""


class Fetched(Record):
    """A document: its bytes and how many seconds it may be kept, None where it does not say."""

    body: bytes
    max_age: int | None
