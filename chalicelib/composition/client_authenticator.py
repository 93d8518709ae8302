"""Client authentication over the stack's tables, the same for every endpoint that has it."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.aws.requests import AssertionStore
from chalicelib.composition.client_keys import counted_fetch
from chalicelib.composition.client_secrets import client_secrets
from chalicelib.composition.clients import known_clients
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.errors import InvalidClient

if TYPE_CHECKING:
    from chalicelib.aws.client_failures import ClientFailures


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


# Imported where it is first needed: few requests fail to authenticate.
@cache
def failures() -> "ClientFailures":
    """What counts failed authentications, made once an instance: it remembers who is to wait."""
    from chalicelib.aws.attempts import AttemptStore  # noqa: PLC0415
    from chalicelib.aws.client_failures import ClientFailures  # noqa: PLC0415

    return ClientFailures(AttemptStore(required("REQUESTS_TABLE")))
