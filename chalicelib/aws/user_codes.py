"""User codes: items of the Requests table, key `id` = `user_code#<hash>`."""

from chalicelib.aws.calls import ConditionFailed, get_item, put_item
from chalicelib.aws.records import to_members, to_record
from chalicelib.aws.requests import PURGE_AFTER
from chalicelib.protocol.user_code import ReservedCode, hash_user_code


class UserCodeStore:
    """Implements the port UserCodes."""

    def __init__(self, table: str) -> None:
        self._table = table

    def reserve(self, user_code: str, reserved: ReservedCode, *, exp: int, now: int) -> bool:
        try:
            put_item(
                self._table,
                {
                    **self._key(user_code),
                    **to_members(reserved),
                    "exp": exp,
                    "purge_at": exp + PURGE_AFTER,
                },
                condition="attribute_not_exists(id) OR exp <= :now OR grant_id = :grant_id",
                values={":now": now, ":grant_id": reserved.grant_id},
            )
        except ConditionFailed:
            return False
        return True

    def find(self, user_code: str) -> ReservedCode | None:
        item = get_item(self._table, self._key(user_code))
        return to_record(ReservedCode, item) if item else None

    def _key(self, user_code: str) -> dict[str, str]:
        return {"id": f"user_code#{hash_user_code(user_code)}"}
