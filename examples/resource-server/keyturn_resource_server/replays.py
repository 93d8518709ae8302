"""What was used already: the DPoP proofs of the last minute."""

import threading
import time
from typing import Any, Protocol


class Replays(Protocol):
    """Remembers what may be used once."""

    def first_use(self, key: str, *, until: int) -> bool:
        """Whether this is the first use of `key`; it need not be remembered after `until` (seconds since
        1970). Of several calls at a time exactly one is True.
        """
        ...


class MemoryReplays:
    """Remembers in this process alone: enough for one server, not for the instances of a Lambda function."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._lock = threading.Lock()

    def first_use(self, key: str, *, until: int) -> bool:
        with self._lock:
            self._forget(time.time())
            if key in self._used:
                return False
            self._used[key] = until
            return True

    def _forget(self, now: float) -> None:
        """The oldest first, which are nearly those that end first: all that is over is gone soon enough."""
        while self._used:
            oldest = next(iter(self._used))
            if self._used[oldest] >= now:
                return
            del self._used[oldest]


class DynamoDBReplays:
    """Remembers in a DynamoDB table (key `id`, TTL `purge_at`), for all instances: one conditional write.

    `client` is boto3's for DynamoDB; the function needs dynamodb:PutItem on the table and nothing else.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def first_use(self, key: str, *, until: int) -> bool:
        item = {"id": {"S": key}, "purge_at": {"N": str(until)}}
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(id)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
