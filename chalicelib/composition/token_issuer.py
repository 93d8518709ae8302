"""What issues tokens, put together once an instance."""

from typing import TYPE_CHECKING

from chalicelib.aws.kms import KeyRing
from chalicelib.composition.client_signer import ClientSigner
from chalicelib.composition.opaque_tokens import OpaqueTokenKeeper
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.composition.subjects import subjects
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.protocol.issuing import TokenIssuer

if TYPE_CHECKING:
    from chalicelib.accounts.user import Users


def token_issuer(keys: KeyRing) -> TokenIssuer:
    """By the tenant's policy, where it has one. Raises ValueError for wrong settings."""
    policy = None
    if settings().policy_hook:
        # Imported where there is one: few tenants have.
        from chalicelib.composition.policy_hook import policy_hook  # noqa: PLC0415

        policy = policy_hook()
    signer = ClientSigner(keys)
    return TokenIssuer(
        settings=settings(),
        resource_servers=resource_servers(),
        signer=signer,
        opaque_tokens=OpaqueTokenKeeper(signer),
        random=random_text,
        subjects=subjects(),
        users=_users,
        policy=policy,
    )


def _users() -> "Users":
    # Imported where they are first asked for: few requests do.
    from chalicelib.aws.users import UserStore  # noqa: PLC0415

    return UserStore(required("USERS_TABLE"))
