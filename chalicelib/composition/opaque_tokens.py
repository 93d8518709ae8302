"""Opaque access tokens over the stack's tables and keys, for every endpoint that issues them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.aws.at_once import both
from chalicelib.gateway.environment import required
from chalicelib.protocol.jws import Signer, UnsignedToken

if TYPE_CHECKING:
    from chalicelib.protocol.opaque_token import OpaqueToken


class OpaqueTokenKeeper:
    """Implements the port NewOpaqueTokens: the write and the signatures go out side by side."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def keep(self, token: "OpaqueToken", *, sign: Sequence[UnsignedToken]) -> list[str]:
        # Imported where it is first needed: most tenants have no such tokens.
        from chalicelib.aws.opaque_tokens import OpaqueTokenStore  # noqa: PLC0415

        store = OpaqueTokenStore(required("REQUESTS_TABLE"))
        if not sign:
            store.put(token)
            return []
        _, signed = both(lambda: store.put(token), lambda: self._signer.sign(sign))
        return signed
