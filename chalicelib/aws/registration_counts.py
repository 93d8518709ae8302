"""How many clients registered themselves on a day: items of the Requests table, `registrations#<day>`."""

from chalicelib.aws.calls import ConditionFailed, update_item

DAY = 86_400


class RegistrationCountStore:
    """Implements the port RegistrationCounts."""

    def __init__(self, table: str) -> None:
        self._table = table

    def begin(self, *, limit: int, now: int) -> int:
        day = now // DAY
        end = (day + 1) * DAY
        try:
            update_item(
                self._table,
                {"id": f"registrations#{day}"},
                update=(
                    "SET registrations = if_not_exists(registrations, :zero) + :one,"
                    " exp = :exp, purge_at = :exp"
                ),
                condition="attribute_not_exists(id) OR registrations < :limit",
                values={":zero": 0, ":one": 1, ":exp": end, ":limit": limit},
            )
        except ConditionFailed:
            return end - now
        return 0
