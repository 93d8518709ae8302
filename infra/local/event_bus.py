"""An embedded EventBridge: takes events as PutEvents brings them, and keeps the latest of them."""

import json
import threading
import uuid
from collections import deque
from http import HTTPStatus
from typing import Any

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse

MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024
_KEPT = 1_000


class EmbeddedEventBus:
    """An application that answers PutEvents, on any bus. Safe to use from threads."""

    def __init__(self) -> None:
        self._taken: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def take(self) -> list[dict[str, Any]]:
        """The entries since they were last taken, Detail read."""
        with self._lock:
            taken = [{**entry, "Detail": json.loads(entry["Detail"])} for entry in self._taken]
            self._taken.clear()
        return taken

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """PutEvents; any other operation, and a request over the limits, is refused as EventBridge does."""
        if request.header("x-amz-target") != "AWSEvents.PutEvents":
            return _answer(HTTPStatus.BAD_REQUEST, {"__type": "UnknownOperationException"})
        entries = json.loads(request.body)["Entries"]
        if not 0 < len(entries) <= MAX_ENTRIES or sum(map(_size, entries)) > MAX_BYTES:
            return _answer(HTTPStatus.BAD_REQUEST, {"__type": "ValidationException"})
        answers = [self._put(entry) for entry in entries]
        failed = sum("ErrorCode" in answer for answer in answers)
        return _answer(HTTPStatus.OK, {"FailedEntryCount": failed, "Entries": answers})

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        try:
            well_formed = isinstance(json.loads(entry["Detail"]), dict)
        except ValueError:
            well_formed = False
        if not well_formed:
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        with self._lock:
            self._taken.append(entry)
        return {"EventId": str(uuid.uuid4())}


def _size(entry: dict[str, Any]) -> int:
    """EventBridge User Guide, "Calculating PutEvents event entry size"."""
    texts = [entry.get(name, "") for name in ("Source", "DetailType", "Detail")]
    return 14 * ("Time" in entry) + sum(len(text.encode()) for text in (*texts, *entry.get("Resources", ())))


def _answer(status: int, document: dict[str, Any]) -> HttpResponse:
    headers = (("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", str(uuid.uuid4())))
    return HttpResponse(status, headers, json.dumps(document).encode())
