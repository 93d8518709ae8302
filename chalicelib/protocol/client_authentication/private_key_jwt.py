"""`private_key_jwt`: an assertion signed by the client's own key (OpenID Connect Core section 9)."""

from collections.abc import Sequence
from typing import Any, Protocol

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.presented import Presented, refuse
from chalicelib.protocol.client_jwt import UnknownKey, verify_with_jwks
from chalicelib.protocol.jws import JwtError
from chalicelib.protocol.supported import ASSERTION_ALGORITHMS


class ClientKeys(Protocol):
    """The public keys of clients."""

    def jwks(self, client: Client) -> Sequence[Any]:
        """The client's JWKs: its registered ones, or what its jwks_uri says, from a cache."""

    def refetched_jwks(self, client: Client) -> Sequence[Any]:
        """The same, read anew where they come from a jwks_uri and were not read just now."""


def verify_by_key(presented: Presented, client: Client, *, keys: ClientKeys) -> dict[str, Any]:
    """The assertion's claims. Raises InvalidClient where no key of the client's signed it."""
    registered = client.token_endpoint_auth_signing_alg
    algorithms = (registered,) if registered else ASSERTION_ALGORITHMS
    assertion = presented.credential
    try:
        try:
            return verify_with_jwks(assertion, jwks=keys.jwks(client), algorithms=algorithms)
        except UnknownKey:
            return verify_with_jwks(assertion, jwks=keys.refetched_jwks(client), algorithms=algorithms)
    except JwtError:
        raise refuse("assertion_signature", client_id=client.client_id) from None
