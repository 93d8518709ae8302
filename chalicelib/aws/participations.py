"""Which clients took part in a session: the grants of the Grants table, revoked ones too."""

from chalicelib.aws.calls import batch_get_items, query_index
from chalicelib.aws.grants import BY_SUB, GrantStore
from chalicelib.protocol.backchannel_logout import Participation

# DynamoDB, BatchGetItem: so many items in one request.
MAX_BATCH = 100


class ParticipationStore:
    """Reads the index of people and sessions, some moments behind, and each grant as it stands."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._grants = GrantStore(table)

    def of(self, *, sub: str, sid: str | None) -> list[Participation]:
        """The clients of one session, or with None of all sessions of the person."""
        of_session = {} if sid is None else {":sid": sid}
        found = query_index(
            self._table,
            BY_SUB,
            condition="#sub = :sub" + (" AND sid = :sid" if of_session else ""),
            names={"#sub": "sub"},
            values={":sub": sub, **of_session},
        )
        # The index has no client: its projection can't be changed without making it anew.
        keys = [self._grants.key(item["grant_id"]) for item in found]
        batches = [keys[start : start + MAX_BATCH] for start in range(0, len(keys), MAX_BATCH)]
        grants = [self._grants.record(item) for batch in batches for item in batch_get_items(batch)]
        return [
            Participation(client_id=grant.client_id, sub=grant.sub, sid=grant.sid, since=grant.created_at)
            for grant in grants
            if grant is not None and grant.sid is not None and not grant.federated
        ]
