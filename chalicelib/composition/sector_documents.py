"""Documents of sectors, fetched of whoever's host it is."""

import time
from urllib.parse import urlsplit

from chalicelib.accounts.attempts import sector_host_key
from chalicelib.administration.sector import SectorUnreadable
from chalicelib.aws.attempts import AttemptStore
from chalicelib.protocol.errors import TemporarilyUnavailable


class FetchedSectors:
    """Implements the port Sectors. It may be anybody's host, and as slow as they like: few functions wait for
    one at a time, and what fails there counts for an hour. `requests_table` has the counts.
    """

    def __init__(self, requests_table: str, *, allowed_origins: tuple[str, ...]) -> None:
        self._attempts = AttemptStore(requests_table)
        self._allowed_origins = allowed_origins

    def read(self, uri: str) -> bytes:
        # Imported where it is first needed: few clients have a sector.
        from chalicelib.outbound.fetch import fetch  # noqa: PLC0415
        from chalicelib.outbound.fetched import FetchError  # noqa: PLC0415

        attempt = sector_host_key(urlsplit(uri).hostname or "")
        if self._attempts.begin(attempt, now=int(time.time())):
            raise TemporarilyUnavailable(
                "The sector_identifier_uri can't be read now. Try again.",
                reason="sector_unavailable",
                facts={"sector_error": "its host is asked too often"},
            )
        try:
            body = fetch(uri, allowed_origins=self._allowed_origins).body
        except FetchError as error:
            raise SectorUnreadable(str(error)) from error
        self._attempts.take_back(attempt)
        return body
