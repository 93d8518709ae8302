"""The bucket of S3 where CloudFormation reads how custom resources fared: takes what is put there."""

import threading
import time

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse


class ResponseBucket:
    """Keeps the last body put under each path. Safe to use from threads."""

    def __init__(self) -> None:
        self._put: dict[str, bytes] = {}
        self._changed = threading.Condition()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers a PUT, and refuses anything else and any content type, with which no URL is signed."""
        if request.method != "PUT" or request.header("content-type"):
            return HttpResponse(403, (), b"")
        with self._changed:
            self._put[request.target] = request.body
            self._changed.notify_all()
        return HttpResponse(200, (), b"")

    def take(self, target: str, *, within: float) -> bytes | None:
        """What was put under a path and query, once it is there; None where it is not in so many seconds."""
        until = time.monotonic() + within
        with self._changed:
            while target not in self._put:
                if not self._changed.wait(until - time.monotonic()) and time.monotonic() >= until:
                    return None
            return self._put.pop(target)
