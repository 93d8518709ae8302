"""What the rules about a client's metadata share: how one refuses, and what a page on the web is."""

from urllib.parse import urlsplit

from chalicelib.protocol.redirect_uri import is_loopback


class InvalidClientMetadata(ValueError):
    """A client that can't be registered; the text says why, for whoever registers it. `member` is the one at
    fault, where it is one alone.
    """

    def __init__(self, sentence: str, *, member: str | None = None) -> None:
        super().__init__(sentence)
        self.member = member


def is_web(uri: str) -> bool:
    """Whether it is an https URL, or http of the person's own machine."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or is_loopback(uri))
