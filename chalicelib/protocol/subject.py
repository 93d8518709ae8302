"""Who a person is to a client: their sub itself, or a pairwise one (OpenID Connect Core section 8).

A pairwise sub is the person's sub encrypted for a sector, deterministically (AES-SIV, RFC 5297): the same
each time, another in each sector, and of no use to anybody without the tenant's salt. What a client shows
back leads to the person without a table of pairs. It begins with "p.", by which it is told from others; what
was not made here does not decrypt, and is as it is.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import ServerError
from chalicelib.record import Record, field

PREFIX = "p."
# RFC 5297 section 6.3: two keys of AES-256.
SALT_BYTES = 64
# OpenID Connect Core section 2.
MAX_TOLD = 255
_SECTOR_BYTES = 16
_SID_BYTES = 18


class Subjects(Record):
    """Both ways, by the tenant's salt: SALT_BYTES random bytes, which are asked for where there is a client
    of pairwise subjects and nowhere else. Every method raises what asking for the salt does.
    """

    salt: Callable[[], bytes] = field(repr=False)

    def of(self, client: Client, sub: str) -> str:
        """The sub this client is told. Raises ServerError where the person's own is too long to be one of a
        sector's.
        """
        if client.subject_type != "pairwise":
            return sub
        sealed = self._sealed(_sector_hash(sector_of(client)) + sub.encode())
        told = PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        if len(told) > MAX_TOLD:
            raise ServerError("The person's sub is too long for this client.", reason="subject_too_long")
        return told

    def local(self, told: str) -> str:
        """The person's own sub, by what some client was told, which a token of this server says. It is not
        for what a client says: that is compared to what it is told (`of`), or it would learn whom others see.
        """
        if not told.startswith(PREFIX):
            return told
        # Imported where it is first needed: few clients have pairwise subjects.
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415

        text = told[len(PREFIX) :]
        try:
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            opened = AESSIV(self.salt()).decrypt(sealed, None)
        except (InvalidTag, ValueError):
            return told
        return opened[_SECTOR_BYTES:].decode()

    def session_of(self, client: Client, sid: str) -> str:
        """The sid this client is told of a session: as its sub is, another in each sector, or clients that
        compare sessions would put people together.
        """
        if client.subject_type != "pairwise":
            return sid
        digest = hmac.digest(self.salt(), f"sid {sector_of(client)} {sid}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:_SID_BYTES]).decode().rstrip("=")

    def _sealed(self, plain: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415

        return AESSIV(self.salt()).encrypt(plain, None)


def sector_of(client: Client) -> str:
    """The sector identifier (section 8.1): a host, in small letters. A client of pairwise subjects has one;
    empty where there is none.
    """
    uris = (client.sector_identifier_uri,) if client.sector_identifier_uri else client.redirect_uris
    return next((host for uri in uris if (host := urlsplit(uri).hostname)), "")


def _sector_hash(sector: str) -> bytes:
    return hashlib.sha256(sector.encode()).digest()[:_SECTOR_BYTES]
