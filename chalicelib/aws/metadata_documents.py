"""Client metadata documents: items of the Documents table, key `id`.

`document#<client_id>`, and `fetches#<what>#<minute>`, which counts fetches.
"""

from collections.abc import Iterator
from typing import Any

from chalicelib.aws.calls import ConditionFailed, get_item, put_item, scan, update_item
from chalicelib.protocol.metadata_document import MINUTE, PAUSE, KeptDocument, Turn

# Seconds after which what is of no use any more may be swept.
PURGE_AFTER = 3_600


class DocumentStore:
    """Implements the port Documents. `fetch_began_at` and `fetch_ended_at` are whose turn it is; they tell of
    no answer, which is never kept unless it was a document (section 5.2).
    """

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, client_id: str) -> tuple[str, dict[str, str]]:
        return self._table, {"id": f"document#{client_id}"}

    def record(self, item: dict[str, Any] | None, *, now: int) -> KeptDocument | None:
        """The document of an item, None where it has none any more."""
        if item is None or item.get("kept_until", 0) <= now:
            return None
        return KeptDocument(
            client_id=item["client_id"],
            document=item["document"],
            fetched_at=item["fetched_at"],
            fresh_until=item["fresh_until"],
            kept_until=item["kept_until"],
        )

    def turn(self, client_id: str, *, known: bool, attempt: str, now: int) -> Turn:
        free = "(attribute_not_exists(fetch_began_at) OR fetch_began_at <= :paused OR fetch_by = :attempt)"
        kept = "kept_until > :now"
        try:
            item = update_item(
                *self.key(client_id),
                update=(
                    "SET fetch_began_at = :now, fetch_by = :attempt, fetch_ended_at = :none,"
                    " purge_at = if_not_exists(purge_at, :purge_at)"
                ),
                condition=f"{kept} AND {free}" if known else free,
                values={
                    ":now": now,
                    ":paused": now - PAUSE,
                    ":attempt": attempt,
                    ":none": 0,
                    ":purge_at": now + PURGE_AFTER,
                },
            )
        except ConditionFailed as failed:
            return self._turn(failed.found, now=now)
        return self._turn(item, now=now, mine=True)

    def look(self, client_id: str, *, now: int) -> Turn:
        return self._turn(get_item(*self.key(client_id)), now=now)

    def keep(self, document: KeptDocument, *, now: int) -> None:
        item = {
            **vars(document),
            "document": dict(document.document),
            "fetch_began_at": document.fetched_at,
            "fetch_ended_at": now,
            "purge_at": document.kept_until + PURGE_AFTER,
        }
        put_item(self._table, {**self.key(document.client_id)[1], **item})

    def end(self, client_id: str, *, now: int) -> None:
        self._set(client_id, "fetch_ended_at = :value", value=now)

    def give_back(self, client_id: str) -> None:
        self._set(client_id, "fetch_began_at = :value, fetch_ended_at = :value", value=0)

    def all(self, *, now: int, after: str | None = None) -> Iterator[KeptDocument]:
        """Every document that is kept, for whoever administers them; those after a client_id."""
        items = scan(
            self._table,
            condition="begins_with(id, :prefix) AND kept_until > :now",
            values={":prefix": "document#", ":now": now},
            after=None if after is None else self.key(after)[1],
        )
        return (found for item in items if (found := self.record(item, now=now)))

    def forget(self, client_id: str, *, now: int) -> bool:
        """Whether there was a document; it is fetched anew before it is used for anything new. What was
        issued to its client stays.
        """
        try:
            update_item(
                *self.key(client_id),
                update="SET fresh_until = :none, fetch_began_at = :none, fetch_ended_at = :none",
                condition="kept_until > :now",
                values={":none": 0, ":now": now},
            )
        except ConditionFailed:
            return False
        return True

    def count(self, key: str, *, limit: int, now: int) -> bool:
        try:
            update_item(
                self._table,
                {"id": f"fetches#{key}#{now // MINUTE}"},
                update="SET fetches = if_not_exists(fetches, :none) + :one, purge_at = :purge_at",
                condition="attribute_not_exists(fetches) OR fetches < :limit",
                values={":none": 0, ":one": 1, ":limit": limit, ":purge_at": now + PURGE_AFTER},
            )
        except ConditionFailed:
            return False
        return True

    def _set(self, client_id: str, update: str, *, value: int) -> None:
        table, key = self.key(client_id)
        # It is there, unless it was swept just now: then there is nothing to end.
        try:
            update_item(
                table,
                key,
                update=f"SET {update}",
                condition="attribute_exists(id)",
                values={":value": value},
            )
        except ConditionFailed:
            return

    def _turn(self, item: dict[str, Any] | None, *, now: int, mine: bool = False) -> Turn:
        return Turn(
            mine=mine,
            kept=self.record(item, now=now),
            began_at=item.get("fetch_began_at", 0) if item else 0,
            ended_at=item.get("fetch_ended_at", 0) if item else 0,
        )
