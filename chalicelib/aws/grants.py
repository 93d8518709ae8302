"""Grants: items of the Grants table, key `grant_id`. Every transition is one conditional write."""

from collections.abc import Mapping
from typing import Any

from chalicelib.aws.calls import ConditionFailed, get_item, put_item, query_index, update_item
from chalicelib.aws.records import to_members, to_record
from chalicelib.protocol.grant import Grant, Refused
from chalicelib.protocol.grants.authorization_code import CodeRedemption
from chalicelib.protocol.grants.refresh_token import Rotation

# A grant stays for a day after its end, so that its last access tokens and late replays find it.
PURGE_AFTER = 86_400
BY_SUB = "by_sub"

# Words of DynamoDB's own.
_RESERVED = ("state", "interval")

_REDEEMABLE = "#state = :approved AND exp > :now AND code_hash = :code_hash AND client_id = :client_id"
_ROTATABLE = (
    "#state = :active AND refreshable = :true AND exp > :now AND refresh_exp > :now"
    " AND client_id = :client_id AND generation = :generation AND refresh_hash = :refresh_hash"
)


class GrantStore:
    """Implements the ports CodeGrants, RefreshGrants, NewGrants, PersonGrants and
    RefreshTokenRevocation.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, grant_id: str) -> tuple[str, dict[str, str]]:
        return self._table, {"grant_id": grant_id}

    def record(self, item: dict[str, Any] | None) -> Grant | None:
        return to_record(Grant, item) if item else None

    def get(self, grant_id: str) -> Grant | None:
        return self.record(get_item(*self.key(grant_id)))

    def create(self, grant: Grant) -> bool:
        # After a lost answer the same write comes again: the item with the same code is its own, or with the
        # same redemption where it has no code.
        own = "redemption" if grant.code_hash is None else "code_hash"
        try:
            put_item(
                self._table,
                {**to_members(grant), "purge_at": grant.code_exp + PURGE_AFTER},
                condition=f"attribute_not_exists(grant_id) OR {own} = :own",
                values={":own": getattr(grant, own)},
            )
        except ConditionFailed:
            return False
        return True

    def redeem(self, redemption: CodeRedemption) -> Grant | Refused:
        conditions = [_REDEEMABLE]
        optional = {}
        for name in ("redirect_uri", "code_challenge"):
            value = getattr(redemption, name)
            if value is None:
                conditions.append(f"attribute_not_exists({name})")
            else:
                conditions.append(f"{name} = :{name}")
                optional[f":{name}"] = value
        return self._transition(
            redemption.grant_id,
            update=(
                "SET #state = :active, exp = refresh_until, purge_at = refresh_until + :purge_after,"
                " redemption = :redemption, generation = :one, family_hash = :family_hash,"
                " refresh_hash = :refresh_hash, refresh_exp = :refresh_exp"
            ),
            condition=" AND ".join(conditions),
            values={
                ":approved": "approved",
                ":active": "active",
                ":now": redemption.now,
                ":code_hash": redemption.code_hash,
                ":client_id": redemption.client_id,
                ":redemption": redemption.redemption,
                ":purge_after": PURGE_AFTER,
                ":one": 1,
                ":family_hash": redemption.family_hash,
                ":refresh_hash": redemption.refresh_hash,
                ":refresh_exp": redemption.refresh_exp,
                **optional,
            },
        )

    def undo_redeem(self, redemption: CodeRedemption) -> None:
        self._undo(
            redemption.grant_id, redemption=redemption.redemption, refresh_hash=redemption.refresh_hash
        )

    def _undo(self, grant_id: str, *, redemption: str, refresh_hash: str) -> None:
        self._transition(
            grant_id,
            update=(
                "SET #state = :approved, exp = code_exp, purge_at = code_exp + :purge_after,"
                " generation = :zero REMOVE redemption, family_hash, refresh_hash, refresh_exp"
            ),
            condition="#state = :active AND redemption = :redemption AND refresh_hash = :refresh_hash",
            values={
                ":approved": "approved",
                ":active": "active",
                ":redemption": redemption,
                ":refresh_hash": refresh_hash,
                ":purge_after": PURGE_AFTER,
                ":zero": 0,
            },
        )

    def rotate(self, rotation: Rotation) -> Grant | Refused:
        rotated = rotation.successor_generation != rotation.generation
        return self._transition(
            rotation.grant_id,
            update="SET refresh_exp = :refresh_exp"
            + (
                ", generation = :next, refresh_hash = :next_hash, rotation_nonce = :nonce, rotated_at = :now"
                if rotated
                else ""
            ),
            condition=_ROTATABLE,
            values={
                ":active": "active",
                ":true": True,
                ":now": rotation.now,
                ":client_id": rotation.client_id,
                ":generation": rotation.generation,
                ":refresh_hash": rotation.refresh_hash,
                ":refresh_exp": rotation.refresh_exp,
                **(
                    {
                        ":next": rotation.successor_generation,
                        ":next_hash": rotation.successor_hash,
                        ":nonce": rotation.nonce,
                    }
                    if rotated
                    else {}
                ),
            },
        )

    def hold(self, rotation: Rotation) -> None:
        self._transition(
            rotation.grant_id,
            update="SET rotated_at = exp",
            condition="#state = :active AND refresh_hash = :next_hash AND rotation_nonce = :nonce",
            values={":active": "active", ":next_hash": rotation.successor_hash, ":nonce": rotation.nonce},
        )

    def revoke(self, grant_id: str) -> None:
        self.end(grant_id)

    def end(self, grant_id: str) -> Grant | None:
        """Revokes a grant, in the same one write, and returns it; None where there is none."""
        outcome = self._transition(
            grant_id,
            update="SET #state = :revoked",
            condition="attribute_exists(grant_id)",
            values={":revoked": "revoked"},
        )
        return outcome if isinstance(outcome, Grant) else None

    def revoke_family(self, *, grant_id: str, client_id: str, family_hash: str) -> Grant | None:
        outcome = self._transition(
            grant_id,
            update="SET #state = :revoked",
            condition="client_id = :client_id AND family_hash = :family_hash",
            values={":revoked": "revoked", ":client_id": client_id, ":family_hash": family_hash},
        )
        return outcome if isinstance(outcome, Grant) else None

    def of_person(self, sub: str) -> tuple[str, ...]:
        found = query_index(
            self._table, BY_SUB, condition="#sub = :sub", names={"#sub": "sub"}, values={":sub": sub}
        )
        return tuple(item["grant_id"] for item in found if item["state"] != "revoked")

    def _transition(
        self,
        grant_id: str,
        *,
        update: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
    ) -> Grant | Refused:
        table, key = self.key(grant_id)
        names = names or {f"#{name}": name for name in _RESERVED if f"#{name}" in update + condition}
        try:
            item = update_item(table, key, update=update, condition=condition, values=values, names=names)
        except ConditionFailed as failed:
            return Refused(self.record(failed.found))
        return to_record(Grant, item)
