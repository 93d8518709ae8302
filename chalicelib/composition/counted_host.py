"""Hosts of clients that nobody of the tenant has looked at are counted while they are asked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from chalicelib.accounts.attempts import logout_host_key
from chalicelib.aws.attempts import AttemptStore
from chalicelib.gateway.environment import required
from chalicelib.outbound.fetched import FetchError
from chalicelib.protocol.client import Client


@contextmanager
def counted_host(client: Client) -> Iterator[None]:
    """Telling a client of a logout. It may be anybody's, and its host as slow as they like: few functions
    wait for a host at a time, and what fails there counts for an hour. Raises FetchError.
    """
    if not client.unverified:
        yield
        return
    attempts = AttemptStore(required("REQUESTS_TABLE"))
    attempt = logout_host_key(urlsplit(client.backchannel_logout_uri or "").hostname or "")
    if attempts.begin(attempt, now=int(time.time())):
        raise FetchError("its host is asked too often")
    yield
    attempts.take_back(attempt)
