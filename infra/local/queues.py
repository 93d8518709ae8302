"""An embedded SQS: queues of a template, of which messages are read, hidden meanwhile, and deleted."""

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.resources import Queue

_HIDDEN_SECONDS = 30


@dataclass
class _Message:
    body: str
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent_at: float = field(default_factory=time.time)
    visible_at: float = 0.0
    receipt: str = ""


class EmbeddedQueues:
    """Answers SendMessage, ReceiveMessage, ChangeMessageVisibility, DeleteMessage and
    GetQueueAttributes. Safe to use from threads.
    """

    def __init__(self, queues: tuple[Queue, ...] = ()) -> None:
        self._queues: dict[str, list[_Message]] = {queue.arn: [] for queue in queues}
        self._arns = {queue.url.rpartition("/")[2]: queue.arn for queue in queues}
        self._lock = threading.Lock()
        self._operations: Mapping[str, Callable[[list[_Message], Any], dict[str, Any]]] = {
            "SendMessage": self._send,
            "ReceiveMessage": self._receive,
            "ChangeMessageVisibility": self._change,
            "DeleteMessage": self._delete,
            "GetQueueAttributes": self._attributes,
        }

    def put(self, arn: str, body: str) -> None:
        """What another service puts into a queue."""
        with self._lock:
            self._queues[arn].append(_Message(body))

    def bodies(self) -> list[Any]:
        """What is in the queues, each message's JSON read; to be looked at and left there."""
        with self._lock:
            return [json.loads(message.body) for queue in self._queues.values() for message in queue]

    def clear(self) -> None:
        """Empties every queue."""
        with self._lock:
            for queue in self._queues.values():
                queue.clear()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One operation of a client of SQS."""
        members = json.loads(request.body or b"{}")
        operation = (request.header("x-amz-target") or "").removeprefix("AmazonSQS.")
        arn = self._arns.get(str(members.get("QueueUrl", "")).rpartition("/")[2])
        act = self._operations.get(operation)
        if arn is None or act is None:
            return _answer(HTTPStatus.BAD_REQUEST, {"__type": "com.amazonaws.sqs#QueueDoesNotExist"})
        with self._lock:
            return _answer(HTTPStatus.OK, act(self._queues[arn], members))

    def _send(self, queue: list[_Message], members: Any) -> dict[str, Any]:
        message = _Message(members["MessageBody"])
        queue.append(message)
        return {"MessageId": message.identifier, "MD5OfMessageBody": _md5(message.body)}

    def _receive(self, queue: list[_Message], members: Any) -> dict[str, Any]:
        now, taken = time.time(), list[_Message]()
        for message in queue:
            if message.visible_at <= now and len(taken) < int(members.get("MaxNumberOfMessages", 1)):
                message.visible_at = now + int(members.get("VisibilityTimeout", _HIDDEN_SECONDS))
                message.receipt = str(uuid.uuid4())
                taken.append(message)
        return {"Messages": [_shown(message) for message in taken]} if taken else {}

    def _change(self, queue: list[_Message], members: Any) -> dict[str, Any]:
        for message in queue:
            if message.receipt == members["ReceiptHandle"]:
                message.visible_at = time.time() + int(members["VisibilityTimeout"])
        return {}

    def _delete(self, queue: list[_Message], members: Any) -> dict[str, Any]:
        queue[:] = [message for message in queue if message.receipt != members["ReceiptHandle"]]
        return {}

    def _attributes(self, queue: list[_Message], members: Any) -> dict[str, Any]:
        del members
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(queue))}}


def _shown(message: _Message) -> dict[str, Any]:
    return {
        "MessageId": message.identifier,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "MD5OfBody": _md5(message.body),
        "Attributes": {"SentTimestamp": str(int(message.sent_at * 1000))},
    }


def _md5(text: str) -> str:
    # What SQS's clients check what they read by.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _answer(status: int, document: dict[str, Any]) -> HttpResponse:
    headers = (("content-type", "application/x-amz-json-1.0"), ("x-amzn-requestid", str(uuid.uuid4())))
    return HttpResponse(status, headers, json.dumps(document).encode())
