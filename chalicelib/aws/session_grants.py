"""The grants of a session as it ends: those bound to it are revoked, and all say which clients were in it."""

from collections.abc import Iterable

from chalicelib.aws.calls import batch_get_items, query_index
from chalicelib.aws.grants import BY_SUB, GrantStore
from chalicelib.aws.participations import MAX_BATCH
from chalicelib.protocol.grant import Grant


class SessionGrantStore:
    """Implements the port SessionGrants."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._grants = GrantStore(table)

    def revoke_bound(self, *, sub: str, sid: str) -> tuple[list[Grant], list[str]]:
        found = query_index(
            self._table,
            BY_SUB,
            condition="#sub = :sub AND sid = :sid",
            names={"#sub": "sub"},
            values={":sub": sub, ":sid": sid},
        )
        bound = {item["grant_id"] for item in found if not item.get("offline") and item["state"] != "revoked"}
        revoked = [self._grants.end(item["grant_id"]) for item in found if item["grant_id"] in bound]
        others = [item["grant_id"] for item in found if item["grant_id"] not in bound]
        return [grant for grant in revoked if grant is not None], others

    def read(self, grant_ids: Iterable[str]) -> list[Grant]:
        keys = [self._grants.key(grant_id) for grant_id in grant_ids]
        batches = [keys[start : start + MAX_BATCH] for start in range(0, len(keys), MAX_BATCH)]
        grants = [self._grants.record(item) for batch in batches for item in batch_get_items(batch)]
        return [grant for grant in grants if grant is not None]
