"""The record of the signing keys, as the key rotation keeps it: aws/signing_keys.py reads of it what all
other functions need.
"""

from chalicelib.aws.calls import ConditionFailed, put_item
from chalicelib.aws.records import to_members, to_record
from chalicelib.aws.signing_keys import ITEM_ID, keys_of, read_item
from chalicelib.protocol.key_schedule import Intent, KeySet


class KeySetStore:
    """Reads and replaces the record."""

    def __init__(self, table: str) -> None:
        self._table = table

    def read(self) -> tuple[KeySet, str] | None:
        """The record and its revision, None where there is none yet."""
        item = read_item(self._table)
        if item is None:
            return None
        key_set = KeySet(
            keys=keys_of(item),
            intents=tuple(to_record(Intent, one) for one in item["intents"]),
            discarded=tuple(item["discarded"]),
        )
        return key_set, item["revision"]

    def replace(self, key_set: KeySet, *, before: str | None, revision: str) -> bool:
        """Writes the record, under a revision nobody used, where it still has the revision `before` (None:
        where there is none): one conditional write. Whether this one was written.
        """
        item = {
            "id": ITEM_ID,
            "revision": revision,
            "keys": [to_members(key) for key in key_set.keys],
            "intents": [to_members(intent) for intent in key_set.intents],
            "discarded": key_set.discarded,
        }
        condition = "attribute_not_exists(id)" if before is None else "revision = :before"
        values = None if before is None else {":before": before}
        try:
            put_item(self._table, item, condition=condition, values=values)
        except ConditionFailed as failed:
            # An earlier attempt of this very call may have been the one that won.
            return failed.found is not None and failed.found["revision"] == revision
        return True
