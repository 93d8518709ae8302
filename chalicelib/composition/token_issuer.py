"""What issues tokens, put together once an instance."""

from chalicelib.aws.kms import KeyRing
from chalicelib.composition.opaque_tokens import OpaqueTokenKeeper
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import settings
from chalicelib.protocol.issuing import TokenIssuer


def token_issuer(keys: KeyRing) -> TokenIssuer:
    """By the tenant's policy, where it has one. Raises ValueError for wrong settings."""
    policy = None
    if settings().policy_hook:
        # Imported where there is one: few tenants have.
        from chalicelib.composition.policy_hook import policy_hook  # noqa: PLC0415

        policy = policy_hook()
    return TokenIssuer(
        settings=settings(),
        resource_servers=resource_servers(),
        signer=keys,
        opaque_tokens=OpaqueTokenKeeper(keys),
        random=random_text,
        policy=policy,
    )
