"""Access tokens that are shown to this server, over the stack's tables and keys: what they say, and whether
they still count.
"""

from chalicelib.aws.grants import GrantStore
from chalicelib.aws.opaque_tokens import OpaqueTokenStore
from chalicelib.aws.requests import RevokedTokenStore
from chalicelib.aws.token_status import TokenStatusStore
from chalicelib.aws.users import UserStore
from chalicelib.composition.clients import known_clients
from chalicelib.composition.subjects import subjects
from chalicelib.gateway.environment import required, settings
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.opaque_token import AccessTokens


def access_tokens(*, keys: VerificationKeys) -> AccessTokens:
    """Made once an instance: it remembers opaque tokens it has seen."""
    return AccessTokens(
        issuer=settings().issuer,
        keys=keys,
        opaque_tokens=OpaqueTokenStore(required("REQUESTS_TABLE")),
        subjects=subjects(),
    )


def token_statuses() -> TokenStatusStore:
    """Whether they count, in one read."""
    requests_table = required("REQUESTS_TABLE")
    return TokenStatusStore(
        clients=known_clients(),
        grants=GrantStore(required("GRANTS_TABLE")),
        opaque_tokens=OpaqueTokenStore(requests_table),
        revoked_tokens=RevokedTokenStore(requests_table),
        users=UserStore(required("USERS_TABLE")),
    )
