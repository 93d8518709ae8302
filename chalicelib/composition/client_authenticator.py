"""Client authentication over the stack's tables, the same for every endpoint that has it."""

from chalicelib.aws.clients import ClientStore
from chalicelib.aws.requests import AssertionStore
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.outbound.client_keys import client_keys
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator


def client_authenticator() -> ClientAuthenticator:
    """Made once an instance: it keeps client records and their keys."""
    return ClientAuthenticator(
        settings=settings(),
        clients=ClientStore(required("CLIENTS_TABLE")),
        keys=client_keys(allowed_origins=settings().fetch_allowed_origins),
        used_assertions=AssertionStore(required("REQUESTS_TABLE")),
        random=random_text,
    )
