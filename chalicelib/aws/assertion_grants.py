"""Grants that are active at once: items of the Grants table. The key of one that an assertion begins follows
from the assertion; any other's is random.
"""

from chalicelib.aws.calls import ConditionFailed, put_item
from chalicelib.aws.grants import PURGE_AFTER, GrantStore
from chalicelib.aws.records import to_members
from chalicelib.protocol.grant import Grant


class AssertionGrantStore(GrantStore):
    """Implements the ports AssertionGrants and PasswordGrants."""

    def begin(self, grant: Grant) -> bool:
        # After a lost answer the same write comes again: the item with its own redemption is its own. One
        # past its exp that the sweep has not reached must not refuse a new assertion.
        try:
            put_item(
                self._table,
                {**to_members(grant), "purge_at": grant.exp + PURGE_AFTER},
                condition=(
                    "attribute_not_exists(grant_id) OR redemption = :redemption"
                    " OR #state = :pending OR exp <= :now"
                ),
                values={":redemption": grant.redemption, ":pending": "pending", ":now": grant.created_at},
                names={"#state": "state"},
            )
        except ConditionFailed:
            return False
        return True

    def undo_begin(self, grant: Grant) -> None:
        self._transition(
            grant.grant_id,
            update="SET #state = :pending",
            condition="#state = :active AND redemption = :redemption",
            values={":pending": "pending", ":active": "active", ":redemption": grant.redemption},
        )
