"""Sessions: items of the Sessions table, key `session_hash`."""

from contextlib import suppress
from typing import Any

from chalicelib.accounts.session import Session
from chalicelib.aws.calls import ConditionFailed, delete_item, get_item, put_item, update_item
from chalicelib.aws.records import to_members, to_record

PURGE_AFTER = 86_400


class SessionStore:
    """Implements the port Sessions."""

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, session_hash: str) -> tuple[str, dict[str, str]]:
        return self._table, {"session_hash": session_hash}

    def record(self, item: dict[str, Any] | None) -> Session | None:
        return to_record(Session, item) if item else None

    def get(self, session_hash: str) -> Session | None:
        return self.record(get_item(*self.key(session_hash)))

    def put(self, session: Session) -> None:
        put_item(self._table, {**to_members(session), "purge_at": session.exp + PURGE_AFTER})

    def touch(self, session: Session, *, idle_exp: int) -> None:
        self._update(session, "SET idle_exp = :new", idle_exp)

    def select(self, session: Session, *, interaction: str) -> None:
        self._update(session, "SET selection_interaction = :new", interaction)

    def delete(self, session_hash: str) -> None:
        delete_item(*self.key(session_hash))

    def _update(self, session: Session, update: str, new: Any) -> None:
        with suppress(ConditionFailed):
            table, key = self.key(session.session_hash)
            update_item(
                table, key, update=update, condition="attribute_exists(session_hash)", values={":new": new}
            )
