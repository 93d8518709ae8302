"""Client authentication over the stack's tables, the same for every endpoint that has it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.aws.requests import AssertionStore
from chalicelib.composition.clients import known_clients
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.errors import InvalidClient, TemporarilyUnavailable

if TYPE_CHECKING:
    from chalicelib.aws.client_failures import ClientFailures
    from chalicelib.aws.secrets_key import ClientSecretDecryption


def client_authenticator(clients: Clients | None = None) -> ClientAuthenticator:
    """Made once an instance: it keeps client records and their keys. `clients` are where it finds them, if
    not in what is kept of them.
    """
    return ClientAuthenticator(
        settings=settings(),
        clients=clients or known_clients(),
        keys=FetchedKeys(
            unavailable=unavailable_keys,
            counted=counted_fetch,
            allowed_origins=settings().fetch_allowed_origins,
        ),
        secrets=client_secrets,
        used_assertions=AssertionStore(required("REQUESTS_TABLE")),
        failures=failures,
        random=random_text,
    )


def unavailable_keys(client: Client, why: str) -> InvalidClient:
    """What a client is told whose keys can't be had; why not is for the log."""
    facts = {"client_id": client.client_id, "jwks_uri_error": why}
    return InvalidClient("Client authentication failed.", reason="jwks_uri_unavailable", facts=facts)


@contextmanager
def counted_fetch(client: Client, url: str | None = None) -> Iterator[None]:
    """Fetching the keys of a client that registered itself, or what is at `url`. It may be anybody's, and its
    host as slow as they like: few functions wait for a host at a time, and what fails there counts for an
    hour. Raises TemporarilyUnavailable.
    """
    if client.registration != "dynamic":
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


# Imported where they are first needed: few clients authenticate by an HMAC, and few requests fail to.
@cache
def client_secrets() -> "ClientSecretDecryption":
    """The secrets of clients, made once an instance: it keeps those in use."""
    from chalicelib.aws.secrets_key import ClientSecretDecryption  # noqa: PLC0415

    return ClientSecretDecryption(required("SECRETS_KEY"))


@cache
def failures() -> "ClientFailures":
    """What counts failed authentications, made once an instance: it remembers who is to wait."""
    from chalicelib.aws.attempts import AttemptStore  # noqa: PLC0415
    from chalicelib.aws.client_failures import ClientFailures  # noqa: PLC0415

    return ClientFailures(AttemptStore(required("REQUESTS_TABLE")))
