"""Grants of devices as the token endpoint has them: items of the Grants table, each poll one write."""

from typing import Any

from chalicelib.aws.grants import PURGE_AFTER, GrantStore
from chalicelib.protocol.grant import Grant, Refused
from chalicelib.protocol.grants.device_code import POLL_LEEWAY, SLOW_DOWN_STEP, Poll

_POLLED = "device_code_hash = :device_code_hash AND client_id = :client_id AND exp > :now"


class DeviceGrantStore(GrantStore):
    """Implements the port DeviceCodeGrants, beside any grant's."""

    def poll(self, poll: Poll) -> Grant | Refused:
        return self._transition(
            poll.grant_id,
            update=(
                "SET #state = next_state, exp = refresh_until, purge_at = refresh_until + :purge_after,"
                " next_poll_at = :soonest + #interval, redemption = :redemption, generation = :one,"
                " family_hash = :family_hash, refresh_hash = :refresh_hash, refresh_exp = :refresh_exp"
            ),
            condition=f"{_POLLED} AND (#state = :approved OR (#state = :pending AND next_poll_at <= :now))",
            values={
                **_of(poll),
                ":approved": "approved",
                ":soonest": poll.now - POLL_LEEWAY,
                ":purge_after": PURGE_AFTER,
                ":redemption": poll.redemption,
                ":one": 1,
                ":family_hash": poll.family_hash,
                ":refresh_hash": poll.refresh_hash,
                ":refresh_exp": poll.refresh_exp,
            },
        )

    def slow_down(self, poll: Poll) -> None:
        self._transition(
            poll.grant_id,
            update="SET #interval = #interval + :step, next_poll_at = :soonest + #interval",
            condition=f"{_POLLED} AND #state = :pending",
            values={
                **_of(poll),
                ":step": SLOW_DOWN_STEP,
                ":soonest": poll.now + SLOW_DOWN_STEP - POLL_LEEWAY,
            },
        )

    def undo_poll(self, poll: Poll) -> None:
        self._undo(poll.grant_id, redemption=poll.redemption, refresh_hash=poll.refresh_hash)


def _of(poll: Poll) -> dict[str, Any]:
    """What every write of a poll compares."""
    return {
        ":device_code_hash": poll.device_code_hash,
        ":client_id": poll.client_id,
        ":now": poll.now,
        ":pending": "pending",
    }
