"""Clients and resource servers: records of the Clients table, kept for a minute.

Keys: `client#<client_id>` and `resource#<resource>`, attribute `id`.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from chalicelib.aws.calls import ConditionFailed, get_item, put_item, update_item
from chalicelib.aws.records import to_members, to_record, to_set_members
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.resource import ResourceServer
from chalicelib.record import Record as AnyRecord

CACHE_SECONDS = 60
# Whoever guesses secrets makes an instance read a record so often and no more.
LOOK_AGAIN_SECONDS = 1
CACHE_RECORDS = 1000
MAX_KEY_BYTES = 2048
# Seconds for which a client that ended is kept yet, for operators to see.
PURGE_AFTER = 7 * 86_400

Record = TypeVar("Record", bound=AnyRecord)


class RecordStore(Generic[Record]):
    """The last records found, each for at most CACHE_SECONDS. What is not found is not remembered,
    so that a new client works at once and a flood of invented ones fills nothing; only `expected`
    names are, which many requests ask for whether they have a record or not.
    """

    record_type: type[Record]
    prefix: str

    def __init__(
        self, table: str, clock: Callable[[], float] = time.monotonic, *, expected: tuple[str, ...] = ()
    ) -> None:
        self._table = table
        self._clock = clock
        self._expected = expected
        # When it was read, when somebody looked again, and what was found.
        self._kept: OrderedDict[str, tuple[float, float, Record | None]] = OrderedDict()

    def key(self, name: str) -> tuple[str, dict[str, str]]:
        return self._table, {"id": self.prefix + name}

    def record(self, item: dict[str, Any] | None) -> Record | None:
        return to_record(self.record_type, item) if item else None

    def get(self, name: str) -> Record | None:
        kept = self._kept.get(name)
        if kept and self._clock() - kept[0] < CACHE_SECONDS:
            return kept[2]
        return self._read(name, looked=-math.inf)

    def look_again(self, name: str) -> Record | None:
        """What stands now; asked for within LOOK_AGAIN_SECONDS once more, what stood then."""
        kept, now = self._kept.get(name), self._clock()
        if kept and now - kept[1] < LOOK_AGAIN_SECONDS:
            return kept[2]
        return self._read(name, looked=now)

    def _read(self, name: str, *, looked: float) -> Record | None:
        if len((self.prefix + name).encode()) > MAX_KEY_BYTES:
            return None
        record = self.record(get_item(*self.key(name)))
        if record is None and name not in self._expected:
            self._kept.pop(name, None)
            return None
        self._kept[name] = (self._clock(), looked, record)
        while len(self._kept) > CACHE_RECORDS:
            self._kept.popitem(last=False)
        return record

    def _put(self, name: str, record: Record) -> None:
        put_item(self._table, {"id": self.prefix + name, **to_members(record)})


class ClientStore(RecordStore[Client]):
    """Implements the port Clients."""

    record_type = Client
    prefix = "client#"

    def record(self, item: dict[str, Any] | None) -> Client | None:
        """None too for one that registered itself and was not used, swept or not."""
        client = super().record(item)
        return None if client is None or client.is_expired(now=int(time.time())) else client

    def extend(self, client: Client, *, now: int) -> None:
        """Notes that a client was used which ends otherwise, where that was not noted today. The client's
        own request never fails with it.
        """
        until = client.use_extends_to(now=now)
        if until is None:
            return
        with suppress(ConditionFailed, TemporarilyUnavailable):
            update_item(
                *self.key(client.client_id),
                update="SET expires_at = :until, purge_at = :purge",
                condition="expires_at = :known",
                values={
                    ":until": until,
                    ":purge": until + PURGE_AFTER,
                    ":known": client.expires_at,
                },
            )

    def put(self, client: Client) -> None:
        put_item(self._table, {"id": self.prefix + client.client_id, **to_set_members(client)})

    def keys(self, client_id: str) -> tuple[tuple[str, dict[str, str]], ...]:
        """What to read of a client, where it is read with other items."""
        return (self.key(client_id),)

    def of_items(self, client_id: str, items: Sequence[dict[str, Any] | None]) -> Client | None:
        """The client of what was read so, in the order of its keys."""
        del client_id
        return self.record(items[0])


class ResourceServerStore(RecordStore[ResourceServer]):
    """Implements the port ResourceServers. `audience` is the tenant's own, which needs no record."""

    record_type = ResourceServer
    prefix = "resource#"

    def __init__(
        self, table: str, clock: Callable[[], float] = time.monotonic, *, audience: str = ""
    ) -> None:
        super().__init__(table, clock, expected=(audience,))

    def put(self, server: ResourceServer) -> None:
        self._put(server.resource, server)
