"""What the stores know of an access token, in one batched read over three tables."""

from chalicelib.accounts.user import User
from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.requests import RevokedTokenStore
from chalicelib.aws.users import UserStore
from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.token_status import TokenStatus


class TokenStatusStore:
    """Reads a token's grant and its own revocation, and the person it is about where asked."""

    def __init__(self, grants: GrantStore, revoked_tokens: RevokedTokenStore) -> None:
        self._grants = grants
        self._revoked_tokens = revoked_tokens

    def read(self, token: AccessToken) -> TokenStatus:
        grant, revoked = batch_get_items(self._keys(token))
        return TokenStatus(self._grants.record(grant), revoked is not None)

    def read_with_user(self, token: AccessToken, users: UserStore) -> tuple[TokenStatus, User | None]:
        grant, revoked, user = batch_get_items([*self._keys(token), users.key(token.sub)])
        return TokenStatus(self._grants.record(grant), revoked is not None), users.record(user)

    def _keys(self, token: AccessToken) -> list[tuple[str, dict[str, str]]]:
        # A token without a grant has a key all the same, of no grant: the read stays one shape.
        return [self._grants.key(token.grant_id or "none"), self._revoked_tokens.key(token.jti)]
