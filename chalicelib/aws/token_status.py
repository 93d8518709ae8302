"""What the stores know of an access token, in one batched read over four tables."""

from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.clients import ClientStore
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.requests import RevokedTokenStore
from chalicelib.aws.users import UserStore
from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.token_status import TokenStatus


class TokenStatusStore:
    """Reads a token's client, its grant, the person it is about, and its own revocation, all as of now."""

    def __init__(
        self,
        *,
        clients: ClientStore,
        grants: GrantStore,
        revoked_tokens: RevokedTokenStore,
        users: UserStore,
    ) -> None:
        self._clients = clients
        self._grants = grants
        self._revoked_tokens = revoked_tokens
        self._users = users

    def read(self, token: AccessToken) -> TokenStatus:
        # A token without a grant has a key all the same, of no grant: the read stays one shape.
        keys = [
            self._clients.key(token.client_id),
            self._grants.key(token.grant_id or "none"),
            self._users.key(token.sub),
            self._revoked_tokens.key(token.jti),
        ]
        client, grant, user, revoked = batch_get_items(keys)
        return TokenStatus(
            client=self._clients.record(client),
            grant=self._grants.record(grant),
            user=self._users.record(user),
            revoked=revoked is not None,
        )
