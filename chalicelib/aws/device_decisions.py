"""Grants of devices as they begin and are decided on: items of the Grants table, each step one write."""

from chalicelib.aws.calls import put_item
from chalicelib.aws.grants import PURGE_AFTER, GrantStore
from chalicelib.aws.records import to_members
from chalicelib.protocol.device_grant import DeviceApproval
from chalicelib.protocol.grant import Grant, Refused

_DECIDABLE = "#state = :pending AND attribute_exists(device_code_hash) AND exp > :now"


class DeviceDecisionStore(GrantStore):
    """Implements the ports NewDeviceGrants and DeviceDecisions."""

    def start(self, grant: Grant) -> None:
        # Nobody's yet: an empty `sub` could not be written, as an index has it for its key.
        members = {**to_members(grant), "sub": None, "purge_at": grant.code_exp + PURGE_AFTER}
        put_item(self._table, members)

    def approve(self, approval: DeviceApproval) -> Grant | Refused:
        given = {"approval": approval.approval, **vars(approval.given)}
        known = {name: value for name, value in given.items() if value is not None}
        names = {"#state": "state", **{f"#{name}": name for name in known}}
        return self._transition(
            approval.grant_id,
            update="SET #state = :approved, next_state = :active, "
            + ", ".join(f"#{name} = :{name}" for name in known),
            condition=_DECIDABLE,
            values={
                ":pending": "pending",
                ":approved": "approved",
                ":active": "active",
                ":now": approval.now,
                **{f":{name}": value for name, value in known.items()},
            },
            names=names,
        )

    def deny(self, grant_id: str, *, approval: str, now: int) -> Grant | Refused:
        return self._transition(
            grant_id,
            update="SET #state = :revoked, next_state = :revoked, approval = :approval",
            condition=_DECIDABLE,
            values={":pending": "pending", ":revoked": "revoked", ":now": now, ":approval": approval},
        )
