"""The document at a sector_identifier_uri: OpenID Connect Core section 8.1, Dynamic Registration section 5.

It is read when a client registers itself, and never again. What an operator or a stack registers is theirs to
vouch for: it may be declared before the document is there.
"""

import json
from collections.abc import Collection
from typing import Protocol

from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.client import Client

_MEMBER = "sector_identifier_uri"


class SectorUnreadable(Exception):
    """The document can't be had; the text says why, for the log."""


class Sectors(Protocol):
    """Where these documents are read."""

    def read(self, uri: str) -> bytes:
        """Raises SectorUnreadable, TemporarilyUnavailable."""


def check_sector(client: Client, redirect_uris: Collection[str], sectors: Sectors) -> None:
    """Every redirect URI is in the document, a JSON array of them. Raises InvalidMember,
    TemporarilyUnavailable.
    """
    if client.sector_identifier_uri is None:
        return
    try:
        listed = json.loads(sectors.read(client.sector_identifier_uri))
    except SectorUnreadable as unreadable:
        raise InvalidMember(
            "sector_identifier_uri can't be read: it is https, on a public host, and answers 200 at once.",
            member=_MEMBER,
        ) from unreadable
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        raise InvalidMember("sector_identifier_uri is not a JSON array of redirect URIs.", member=_MEMBER)
    if not all(uri in listed for uri in redirect_uris):
        raise InvalidMember("sector_identifier_uri does not have all redirect_uris in it.", member=_MEMBER)
