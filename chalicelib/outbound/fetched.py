"""What a fetch ends with; apart from the fetch, which is slow to import."""

from chalicelib.record import Record


class FetchError(Exception):
    """The document could not be had; the text says why, for the log. `answered` where the host did answer,
    with something else: it is no use to wait and ask again.
    """

    def __init__(self, why: str, *, answered: bool = False) -> None:
        super().__init__(why)
        self.answered = answered


class Fetched(Record):
    """A document: its bytes, how many seconds it may be kept and its media type in small letters, both None
    where it does not say.
    """

    body: bytes
    max_age: int | None
    media_type: str | None = None
