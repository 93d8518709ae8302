"""The public keys of clients."""

from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidClient


def client_keys(*, allowed_origins: tuple[str, ...]) -> FetchedKeys[Client]:
    """Implements the port ClientKeys; raises InvalidClient."""
    return FetchedKeys(unavailable=unavailable, allowed_origins=allowed_origins)


def unavailable(client: Client, why: str) -> InvalidClient:
    """What a client is told whose keys can't be had; why not is for the log."""
    facts = {"client_id": client.client_id, "jwks_uri_error": why}
    return InvalidClient("Client authentication failed.", reason="jwks_uri_unavailable", facts=facts)
