"""A service that runs already, at a URL on this machine, as an application of the loopback server."""

import http.client
import queue
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse

_SECONDS = 30
# A service may close what is idle for longer (our own after 15 seconds), just as a request is sent over it.
_IDLE_SECONDS = 5.0
# Of the connection, not of the message.
_HOP_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding", "expect"}


class Forwarder:
    """Hands every request over as it came. Connections are kept open until `close`.

    A request that fails is not sent again: only its client knows whether that is safe.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._address = urlsplit(url).netloc
        self._idle: queue.LifoQueue[tuple[float, http.client.HTTPConnection]] = queue.LifoQueue()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The service's answer. Raises OSError, http.client.HTTPException."""
        connection = self._take()
        try:
            headers = {name: value for name, value in request.headers if name.lower() not in _HOP_HEADERS}
            connection.request(request.method, request.target, body=request.body, headers=headers)
            response = connection.getresponse()
            body = response.read()
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._idle.put((self._clock(), connection))
        kept = tuple(
            (name, value) for name, value in response.getheaders() if name.lower() not in _HOP_HEADERS
        )
        return HttpResponse(response.status, kept, body)

    def close(self) -> None:
        """Closes what is open and idle."""
        while not self._idle.empty():
            self._idle.get()[1].close()

    def _take(self) -> http.client.HTTPConnection:
        while True:
            try:
                since, connection = self._idle.get_nowait()
            except queue.Empty:
                return http.client.HTTPConnection(self._address, timeout=_SECONDS)
            if self._clock() - since < _IDLE_SECONDS:
                return connection
            connection.close()
