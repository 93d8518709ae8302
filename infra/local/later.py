"""What AWS does later: events left with Lambda, one-time schedules of EventBridge Scheduler, and what becomes
of those that fail. Nothing runs by itself until `start`; tests say what the time is instead.
"""

import json
import re
import threading
import time
import uuid
from calendar import timegm
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.queues import EmbeddedQueues
from infra.local.resources import Function

# Lambda Developer Guide, "Error handling for asynchronous invocations": a minute, then two.
RETRY_AFTER = (60, 120)
_SCHEDULE = re.compile(r"/schedules/([0-9A-Za-z_.-]{1,64})")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_LOOK_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Due:
    """An event for a function, and when. `tries` are those that failed."""

    at: float
    function: Function
    event: Any
    tries: int = 0


class Later:
    """Safe to use from threads. `invoke` has a function, by its logical id, run with an event."""

    def __init__(self, invoke: Callable[[str, Any], Any], queues: EmbeddedQueues) -> None:
        self._invoke = invoke
        self._queues = queues
        self._waiting: list[Due] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, function: Function, event: Any, *, at: float | None = None) -> None:
        """Has the function run with the event at a time in seconds since the epoch, now if none is given."""
        with self._lock:
            self._waiting.append(Due(time.time() if at is None else at, function, event))

    def waiting(self) -> list[Due]:
        """What is still to be run, the next first."""
        with self._lock:
            return sorted(self._waiting, key=lambda due: due.at)

    def run(self, until: float | None = None) -> int:
        """Runs what is due by then, in its order, and what is due by then because of that. Returns how many
        runs that took.
        """
        until = time.time() if until is None else until
        runs = 0
        while (due := self._take(until)) is not None:
            self._run(due)
            runs += 1
        return runs

    def forget(self) -> None:
        """Drops what is waiting."""
        with self._lock:
            self._waiting.clear()

    def start(self) -> None:
        """Runs what is due as time goes by, until `close`."""
        self._thread = threading.Thread(target=self._go_on, name="later", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Runs nothing more. May be called twice."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _go_on(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            self.run()

    def _take(self, until: float) -> Due | None:
        with self._lock:
            due = min(self._waiting, key=lambda one: one.at, default=None)
            if due is None or due.at > until:
                return None
            self._waiting.remove(due)
            return due

    def _run(self, due: Due) -> None:
        function = due.function
        try:
            self._invoke(function.logical_id, due.event)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is what Lambda tells
            if due.tries < function.retries:
                again = replace(due, at=due.at + RETRY_AFTER[due.tries], tries=due.tries + 1)
                with self._lock:
                    self._waiting.append(again)
            elif function.on_failure:
                self._queues.put(function.on_failure, json.dumps(_failure(due, error)))


def _failure(due: Due, error: Exception) -> dict[str, Any]:
    """Lambda Developer Guide, "Invocation record"."""
    return {
        "version": "1.0",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "condition": "RetriesExhausted",
            "approximateInvokeCount": due.tries + 1,
        },
        "requestPayload": due.event,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": {"errorType": type(error).__name__, "errorMessage": str(error)},
    }


class EmbeddedScheduler:
    """An embedded EventBridge Scheduler: CreateSchedule, of one-time schedules for functions."""

    def __init__(self, later: Later, find: Callable[[str], Function | None]) -> None:
        self._later = later
        self._find = find
        self._names: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Makes a schedule; refuses what it does not know, as the service does."""
        match = _SCHEDULE.fullmatch(unquote(request.target))
        members = json.loads(request.body or b"{}")
        moment = _AT.fullmatch(str(members.get("ScheduleExpression")))
        target = members.get("Target", {})
        function = self._find(str(target.get("Arn")))
        if request.method != "POST" or match is None or moment is None or function is None:
            return _answer(HTTPStatus.BAD_REQUEST, {"Message": "Not understood."}, "ValidationException")
        with self._lock:
            if match[1] in self._names:
                return _answer(HTTPStatus.CONFLICT, {"Message": "It exists."}, "ConflictException")
            self._names.add(match[1])
        at = timegm(time.strptime(moment[1], "%Y-%m-%dT%H:%M:%S"))
        self._later.put(function, json.loads(target["Input"]), at=at)
        return _answer(HTTPStatus.OK, {"ScheduleArn": f"arn:aws:scheduler:::schedule/{match[1]}"})


def _answer(status: int, document: dict[str, Any], error: str | None = None) -> HttpResponse:
    named = (("x-amzn-errortype", error),) if error else ()
    headers = (("content-type", "application/json"), ("x-amzn-requestid", str(uuid.uuid4())), *named)
    return HttpResponse(status, headers, json.dumps(document).encode())
