"""ID tokens shown back to this server, over the stack's keys and clients."""

from chalicelib.composition.client_secrets import client_secrets
from chalicelib.composition.subjects import subjects
from chalicelib.gateway.environment import settings
from chalicelib.protocol.client import Clients
from chalicelib.protocol.id_token_hint import IdTokenHints
from chalicelib.protocol.jwt_verification import VerificationKeys


def id_token_hints(*, clients: Clients, keys: VerificationKeys) -> IdTokenHints:
    """Made once an instance."""
    return IdTokenHints(
        issuer=settings().issuer,
        keys=keys,
        subjects=subjects(),
        clients=clients,
        secrets=client_secrets,
    )
