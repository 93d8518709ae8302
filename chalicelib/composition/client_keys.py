"""The keys of clients, fetched where they stand at a jwks_uri."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

from chalicelib.gateway.environment import required, settings
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import TemporarilyUnavailable


@cache
def encryption_keys() -> FetchedKeys[Client]:
    """The keys that clients are encrypted to, made once an instance: it keeps what it read."""
    return FetchedKeys(
        unavailable=unavailable_encryption_keys,
        counted=counted_fetch,
        allowed_origins=settings().fetch_allowed_origins,
    )


def unavailable_encryption_keys(client: Client, why: str) -> TemporarilyUnavailable:
    """What is told where they can't be had; why not is for the log."""
    facts = {"client_id": client.client_id, "jwks_uri_error": why}
    return TemporarilyUnavailable(
        "The client's keys can't be fetched now. Try again.", reason="jwks_uri_unavailable", facts=facts
    )


@contextmanager
def counted_fetch(client: Client, url: str | None = None) -> Iterator[None]:
    """Fetching the keys of a client nobody of the tenant has looked at, or what is at `url`. It may be
    anybody's, and its host as slow as they like: few functions wait for a host at a time, and what fails
    there counts for an hour. Raises TemporarilyUnavailable.
    """
    if not client.unverified:
        yield
        return
    # Imported where they are first needed, as few clients have keys to fetch.
    from chalicelib.accounts.attempts import client_keys_key  # noqa: PLC0415
    from chalicelib.aws.attempts import AttemptStore  # noqa: PLC0415

    attempts = AttemptStore(required("REQUESTS_TABLE"))
    attempt = client_keys_key(urlsplit(url or client.jwks_uri or "").hostname or "")
    if attempts.begin(attempt, now=int(time.time())):
        told = "jwks_uri_error" if url is None else "request_uri_error"
        facts = {"client_id": client.client_id, told: "its host is asked too often"}
        raise TemporarilyUnavailable(
            "What the client names cannot be fetched now. Try again.",
            reason="jwks_uri_unavailable" if url is None else "request_uri_unavailable",
            facts=facts,
        )
    yield
    attempts.take_back(attempt)
