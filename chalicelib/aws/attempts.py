"""Attempts to guess: items of the Requests table, `login_attempts#<hash>` and `user_code_attempts#<hash>`."""

from contextlib import suppress

from chalicelib.accounts.attempts import DELAY_STEP, FORGET_AFTER, MAX_DELAY, AttemptKey
from chalicelib.aws.calls import ConditionFailed, delete_item, update_item


class AttemptStore:
    """Implements the port Attempts. `next_at` is when the next attempt past the free ones may come,
    `delay` what it will add; both grow in the same write that counts.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    def begin(self, attempt: AttemptKey, *, now: int) -> int:
        try:
            self._count(attempt, now=now)
        except ConditionFailed as failed:
            if failed.found is None or failed.found["exp"] > now:
                return self._wait(failed, now=now)
        else:
            return 0
        # The count is past its time and not swept yet: begin anew, one of parallel attempts first.
        try:
            self._restart(attempt, now=now)
        except ConditionFailed as failed:
            return self._wait(failed, now=now)
        return 0

    def take_back(self, attempt: AttemptKey) -> None:
        with suppress(ConditionFailed):
            update_item(
                self._table,
                {"id": attempt.key},
                update="SET attempts = attempts - :one, delay = delay - :step",
                condition="attempts > :zero",
                values={":zero": 0, ":one": 1, ":step": DELAY_STEP},
            )

    def forget(self, attempt: AttemptKey) -> None:
        delete_item(self._table, {"id": attempt.key})

    def _count(self, attempt: AttemptKey, *, now: int) -> None:
        update_item(
            self._table,
            {"id": attempt.key},
            update=(
                "SET attempts = if_not_exists(attempts, :zero) + :one,"
                " delay = if_not_exists(delay, :zero) + :step,"
                " next_at = :next + if_not_exists(delay, :zero),"
                " last_at = :now, exp = :exp, purge_at = :exp"
            ),
            condition=(
                "attribute_not_exists(id) OR (exp > :now AND"
                " (attempts < :free OR next_at <= :now OR last_at <= :longest_ago))"
            ),
            values={
                ":zero": 0,
                ":one": 1,
                ":step": DELAY_STEP,
                ":now": now,
                ":next": now + DELAY_STEP,
                ":free": attempt.free,
                ":longest_ago": now - MAX_DELAY,
                ":exp": now + FORGET_AFTER,
            },
        )

    def _restart(self, attempt: AttemptKey, *, now: int) -> None:
        update_item(
            self._table,
            {"id": attempt.key},
            update=(
                "SET attempts = :one, delay = :step, next_at = :next, last_at = :now,"
                " exp = :exp, purge_at = :exp"
            ),
            condition="exp <= :now",
            values={
                ":one": 1,
                ":step": DELAY_STEP,
                ":now": now,
                ":next": now + DELAY_STEP,
                ":exp": now + FORGET_AFTER,
            },
        )

    def _wait(self, failed: ConditionFailed, *, now: int) -> int:
        found = failed.found
        if found is None:
            return 1
        next_at: int = min(found["next_at"], found["last_at"] + MAX_DELAY)
        return max(1, next_at - now)
