"""What lives for minutes: items of the Requests table, key `id`.

`interaction#<hash>`, `jti#<hash>` (client assertions seen) and `revoked_token#<jti>` (access tokens
revoked before their time).
"""

from typing import Any

from chalicelib.aws.calls import ConditionFailed, get_item, put_item
from chalicelib.protocol.interaction import Interaction, hash_identifier

PURGE_AFTER = 3_600


class InteractionStore:
    """Implements the port Interactions."""

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, interaction_hash: str) -> tuple[str, dict[str, str]]:
        return self._table, {"id": f"interaction#{interaction_hash}"}

    def record(self, item: dict[str, Any] | None) -> Interaction | None:
        if item is None:
            return None
        return Interaction(
            interaction_hash=item["interaction_hash"],
            kind=item.get("kind", "authorization"),
            browser_hash=item["browser_hash"],
            parameters={name: tuple(values) for name, values in item["parameters"].items()},
            exp=item["exp"],
        )

    def get(self, interaction_hash: str) -> Interaction | None:
        return self.record(get_item(*self.key(interaction_hash)))

    def put(self, interaction: Interaction) -> None:
        item = {
            "id": f"interaction#{interaction.interaction_hash}",
            "interaction_hash": interaction.interaction_hash,
            "kind": interaction.kind,
            "browser_hash": interaction.browser_hash,
            "parameters": interaction.parameters,
            "exp": interaction.exp,
            "purge_at": interaction.exp + PURGE_AFTER,
        }
        put_item(self._table, item)


class AssertionStore:
    """Implements the port UsedAssertions."""

    def __init__(self, table: str) -> None:
        self._table = table

    def use(self, *, client_id: str, jti: str, attempt: str, exp: int, now: int) -> bool:
        # An item past its exp that the sweep has not reached must not refuse a new assertion; the
        # attempt's own name lets a retry after a lost answer find its own write.
        try:
            put_item(
                self._table,
                {
                    "id": f"jti#{hash_identifier(client_id + chr(0) + jti)}",
                    "attempt": attempt,
                    "exp": exp,
                    "purge_at": exp + PURGE_AFTER,
                },
                condition="attribute_not_exists(id) OR exp <= :now OR attempt = :attempt",
                values={":now": now, ":attempt": attempt},
            )
        except ConditionFailed:
            return False
        return True


class RevokedTokenStore:
    """Implements the port RevokedTokens."""

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, jti: str) -> tuple[str, dict[str, str]]:
        return self._table, {"id": f"revoked_token#{jti}"}

    def put(self, *, jti: str, exp: int) -> None:
        table, key = self.key(jti)
        put_item(table, {**key, "exp": exp, "purge_at": exp + PURGE_AFTER})
