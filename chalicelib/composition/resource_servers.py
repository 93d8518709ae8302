"""Resource servers over the stack's table, the same for every endpoint that issues or asks for them."""

from chalicelib.aws.clients import ResourceServerStore
from chalicelib.gateway.environment import required, settings


def resource_servers() -> ResourceServerStore:
    """Made once an instance: it keeps their records."""
    return ResourceServerStore(required("CLIENTS_TABLE"), audience=settings().audience)
