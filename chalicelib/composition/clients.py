"""Clients over the stack's tables, the same for every endpoint that knows them."""

from chalicelib.aws.documented_clients import DocumentedClients
from chalicelib.gateway.environment import required, settings


def known_clients() -> DocumentedClients:
    """Made once an instance: it keeps their records."""
    return DocumentedClients(
        required("CLIENTS_TABLE"), documents=required("DOCUMENTS_TABLE"), settings=settings()
    )
