"""Opaque access tokens: items of the Requests table, key `access_token#<hash>`, the claims as JSON."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from chalicelib.aws.calls import ConditionFailed, get_item, put_item, update_item
from chalicelib.aws.requests import PURGE_AFTER
from chalicelib.protocol.opaque_token import OpaqueToken

# Resource servers ask about the same token again and again, for as long as it lives.
CACHE_TOKENS = 1000


class OpaqueTokenStore:
    """Implements the ports OpaqueTokens and OpaqueTokenRevocation.

    The claims of tokens found are remembered, which never change. Whether one still counts is read each time,
    in the batch of TokenStatusStore: so a token that was seen before costs one read, and ends at once.
    """

    def __init__(self, table: str, *, most: int = CACHE_TOKENS) -> None:
        self._table = table
        self._most = most
        self._found: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def key(self, token_hash: str) -> tuple[str, dict[str, str]]:
        return self._table, {"id": f"access_token#{token_hash}"}

    def put(self, token: OpaqueToken) -> None:
        table, key = self.key(token.token_hash)
        claims = token.claims
        item = {
            **key,
            "client_id": claims["client_id"],
            # As text, so that any claim comes back as it was.
            "claims": json.dumps(claims, separators=(",", ":")),
            "exp": claims["exp"],
            "purge_at": claims["exp"] + PURGE_AFTER,
        }
        put_item(table, item)

    def find(self, token_hash: str) -> Mapping[str, Any] | None:
        known = self._found.get(token_hash)
        if known is not None:
            return known
        item = get_item(*self.key(token_hash))
        if item is None:
            return None
        claims = self._found[token_hash] = _claims(item)
        while len(self._found) > self._most:
            self._found.popitem(last=False)
        return claims

    def revoke_opaque(self, token_hash: str, *, client_id: str) -> Mapping[str, Any] | None:
        table, key = self.key(token_hash)
        try:
            item = update_item(
                table,
                key,
                update="SET revoked = :true",
                condition="client_id = :client_id",
                values={":true": True, ":client_id": client_id},
            )
        except ConditionFailed:
            return None
        return _claims(item)


def is_kept(item: Mapping[str, Any] | None) -> bool:
    """Whether an item is a token's that was not revoked. When it expires says its claims."""
    return item is not None and not item.get("revoked")


def _claims(item: Mapping[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(item["claims"])
    return claims
