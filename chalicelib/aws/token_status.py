"""What the stores know of an access token, in one batched read over four tables."""

from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.clients import ClientStore
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.opaque_tokens import OpaqueTokenStore, is_kept
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
        opaque_tokens: OpaqueTokenStore,
        revoked_tokens: RevokedTokenStore,
        users: UserStore,
    ) -> None:
        self._clients = clients
        self._grants = grants
        self._opaque_tokens = opaque_tokens
        self._revoked_tokens = revoked_tokens
        self._users = users

    def read(self, token: AccessToken) -> TokenStatus:
        # A token without a grant has a key all the same, of no grant: the read stays one shape.
        of_client = self._clients.keys(token.client_id)
        exchanged = token.granted_to != token.client_id
        of_grantee = self._clients.keys(token.granted_to) if exchanged else ()
        grant, user, own, *clients = batch_get_items(
            [
                self._grants.key(token.grant_id or "none"),
                self._users.key(token.sub),
                self._own_key(token),
                *of_client,
                *of_grantee,
            ]
        )
        issued_to = self._clients.of_items(token.client_id, clients[: len(of_client)])
        granted_to = clients[len(of_client) :]
        return TokenStatus(
            client=issued_to,
            grantee=self._clients.of_items(token.granted_to, granted_to) if exchanged else issued_to,
            grant=self._grants.record(grant),
            user=self._users.record(user),
            # Of an opaque token there is an item for as long as it counts; of a JWT once it was revoked.
            revoked=own is not None if token.token_hash is None else not is_kept(own),
        )

    def _own_key(self, token: AccessToken) -> tuple[str, dict[str, str]]:
        if token.token_hash is None:
            return self._revoked_tokens.key(token.jti)
        return self._opaque_tokens.key(token.token_hash)
