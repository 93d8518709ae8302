"""Audit: hands the security events in the functions' log lines on to the tenant's event bus.

CloudWatch Logs calls it with the lines that hold an event (a subscription of each log group), so that no
request waits for the trail. It tells each event at least once: where the bus can't be reached, Lambda calls
again with the same lines, and an event's id tells a copy. A line that can be no event is counted and passed.
"""

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from chalicelib.aws.calls import put_events
from chalicelib.aws.connections import connect_events
from chalicelib.aws.refusal import Refusal
from chalicelib.aws.retries import jittered_delay
from chalicelib.deadline import deadline
from chalicelib.gateway.environment import required
from chalicelib.gateway.log import log_request
from chalicelib.protocol.security_event import EventType, event_entry

# EventBridge, PutEvents: so many entries and so many bytes in one request.
MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024
# What the size of an entry counts for its Time.
TIME_BYTES = 14
MAX_TRIES = 4
# Errors of an entry that waiting may help against; any other is this entry's own.
TRANSIENT = ("InternalFailure", "InternalException", "ServiceUnavailable", "ThrottlingException")
# Errors of a whole request for what one of its entries is.
SPOILT = ("413", "RequestEntityTooLargeException", "SerializationException", "ValidationException")
REQUIRED = ("type", "id", "time", "issuer", "actor")

Entry = dict[str, Any]
Put = Callable[[Sequence[Entry]], list[str | None]]


class Undelivered(Exception):
    """The bus did not take every event: Lambda calls again with the same lines."""


def deliver(event: Mapping[str, Any], *, bus: str, put: Put, wait: Callable[[float], None]) -> dict[str, int]:
    """Puts the events of a subscription's call on the bus; `wait` sleeps for seconds.

    Answers how many were sent, cut (told without what made them too large) and passed over. Raises
    Undelivered.
    """
    counts = {"sent": 0, "cut": 0, "passed": 0}
    entries = []
    for line in _lines(event):
        told = _event_of(line)
        if told and _size(event_entry(told, bus=bus)) > MAX_BYTES:
            counts["cut"] += 1
            told = {name: told[name] for name in REQUIRED}
        if told and _size(event_entry(told, bus=bus)) <= MAX_BYTES:
            entries.append(event_entry(told, bus=bus))
        else:
            counts["passed"] += 1
    for batch in _batches(entries):
        refused = _send(batch, put=put, wait=wait)
        counts["sent"] += len(batch) - refused
        counts["passed"] += refused
    return counts


def _lines(event: Mapping[str, Any]) -> list[str]:
    """The log lines of a subscription's call; none of what CloudWatch sends to see whether it can."""
    batch = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if batch.get("messageType") != "DATA_MESSAGE":
        return []
    return [str(line.get("message", "")) for line in batch["logEvents"]]


def _event_of(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)["audit"]
        is_event = (
            told["type"] in get_args(EventType)
            and type(told["time"]) is int
            and all(told[name] for name in REQUIRED)
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return told if is_event else None


def _size(entry: Entry) -> int:
    """As EventBridge counts it."""
    return TIME_BYTES + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def _batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    """In order, as many in each as one request takes."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        if batch and (len(batch) == MAX_ENTRIES or size + _size(entry) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += _size(entry)
    if batch:
        yield batch


def _send(batch: list[Entry], *, put: Put, wait: Callable[[float], None]) -> int:
    """Tries until every entry is taken or refused for good; how many were refused. Raises Undelivered."""
    refused, left = 0, batch
    for attempt in range(1, MAX_TRIES + 1):
        answered = list(zip(left, _put(left, put), strict=True))
        refused += sum(error is not None and error not in TRANSIENT for _, error in answered)
        left = [entry for entry, error in answered if error in TRANSIENT]
        if not left:
            return refused
        if attempt < MAX_TRIES:
            wait(jittered_delay(attempt))
    raise Undelivered


def _put(entries: list[Entry], put: Put) -> list[str | None]:
    """What became of each entry: None, or its error. One that spoils a whole request is found by itself."""
    try:
        return put(entries)
    except Refusal as refusal:
        if refusal.code not in SPOILT:
            raise
        if len(entries) == 1:
            return [refusal.code]
        return [error for entry in entries for error in _put([entry], put)]


@cache
def bus() -> str:
    """The bus, and the client made, once an instance."""
    connect_events()
    return required("AUDIT_BUS")


def handler(event: Any, context: Any) -> None:
    """Called by CloudWatch Logs."""
    with deadline(context.get_remaining_time_in_millis() / 1000):
        counts = deliver(event, bus=bus(), put=put_events, wait=time.sleep)
    log_request({"function": "audit", **counts})
