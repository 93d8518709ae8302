"""Text that a client or a person chose, made fit to stand between words of ours."""

import re
import unicodedata
from urllib.parse import urlsplit

NAME_LIMIT = 200
# A host is never cut short: its end says whose it is. No name in the DNS is longer, with a port.
HOST_LIMIT = 260
SENTENCE_LIMIT = 1_000
# Marks on one letter: what every script needs, too few to reach the lines around it.
MARK_LIMIT = 4
_MARKS, _BREAKS, _SURROGATE = {"Mn", "Me"}, {"Cc", "Zl", "Zp"}, "Cs"

HTTPS_PORT = 443
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

# What draws nothing or changes how its neighbours are drawn: bidirectional controls (Unicode UAX 9),
# zero-width spaces, fillers, tags. The joiners U+200C and U+200D stay: languages and emoji need them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def display_text(text: str, *, fallback: str = "", limit: int = NAME_LIMIT) -> str:
    """One line without control characters; `fallback` where nothing is left to read."""
    kept: list[str] = []
    marks = 0
    for character in _INVISIBLE.sub("", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if category != _SURROGATE and marks <= MARK_LIMIT:
            kept.append(" " if category in _BREAKS else character)
    line = " ".join("".join(kept).split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return line or fallback


def initial(text: str) -> str:
    """The letter that stands for a name on a tile."""
    return next((character.upper() for character in text if character.isalnum()), "•")[:1]


def local_address(uri: str) -> str:
    """Where on this device an answer goes: host and port, or the scheme an app claimed; empty for no such
    address.
    """
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return display_text(f"{parts.scheme}:")
    if host not in LOOPBACK_HOSTS:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return display_text(shown if port is None else f"{shown}:{port}")


def host_of(uri: str) -> str | None:
    """The host (and unusual port) a browser would go to; None where it would not leave this device."""
    # Browsers read a backslash as a slash, so what stands after it is no host.
    try:
        parts = urlsplit(uri.replace("\\", "/"))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or host in LOOPBACK_HOSTS:
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
    if ":" in host:
        host = f"[{host}]"
    return display_text(host if port is None or port == HTTPS_PORT else f"{host}:{port}", limit=HOST_LIMIT)


def origin_of(document_uri: str | None) -> str | None:
    """Where a client comes from that says at a URL who it is: the host, or the place on this device."""
    return None if document_uri is None else host_of(document_uri) or local_address(document_uri)
