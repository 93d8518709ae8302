"""A small HTTP/1.1 server on loopback, for the gateway, the embedded services and the demo.

An application is a function from request to response. At most MAX_CONNECTIONS threads run at a
time, one per connection; connections are kept alive, bodies may be chunked.
"""

import contextlib
import errno
import logging
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Self

from infra.local.http_request import HttpRequest, RequestRefusedError, read_request

LOG = logging.getLogger(__name__)
MAX_CONNECTIONS = 64
IDLE_SECONDS = 15.0
_SLOT_SECONDS = 0.05
_DRAIN_READS = 200
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One response; `headers` may repeat a name (Set-Cookie does)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)


Application = Callable[[HttpRequest], HttpResponse]


class PortTakenError(OSError):
    """Another program listens on the port already."""

    def __init__(self, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"Port {port} is taken")
        self.port = port


class LoopbackServer:
    """Serves an application on 127.0.0.1 and, where the machine has it, ::1.

    `port` 0 takes a free one. The port is bound when this is made, so that its number is known
    before `start`; requests are answered from `start` to `close`. Raises PortTakenError.
    """

    def __init__(self, port: int = 0, *, max_connections: int = MAX_CONNECTIONS) -> None:
        self._threads: list[threading.Thread] = []
        self._listeners = _listen(port, threading.BoundedSemaphore(max_connections))
        self.port = self._listeners[0].port

    def start(self, application: Application) -> Self:
        for listener in self._listeners:
            listener.application = application
            thread = threading.Thread(target=listener.accept_all, name=f"accept-{self.port}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def close(self) -> None:
        """Stops listening, cuts what is still connected and waits for its threads. May be called twice."""
        if self._threads:
            for listener in self._listeners:
                listener.stop_accepting()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        for listener in self._listeners:
            listener.server_close()


def _listen(port: int, slots: threading.BoundedSemaphore) -> list["_Listener"]:
    # A free port of IPv4 may be taken on IPv6: another one is drawn then.
    for _ in range(20):
        try:
            first = _Listener(("127.0.0.1", port), slots)
        except OSError as error:
            raise (PortTakenError(port) if error.errno == errno.EADDRINUSE else error) from None
        try:
            return [first, _Listener6(("::1", first.port), slots)]
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return [first]  # no IPv6 here
            first.server_close()
            if port:
                raise PortTakenError(port) from None
    raise PortTakenError(port)


class _Listener(socketserver.TCPServer):
    """Accepts connections, each of which gets a thread once one is free."""

    allow_reuse_address = True
    request_queue_size = 128

    application: Application

    def __init__(self, address: tuple[str, int], slots: threading.BoundedSemaphore) -> None:
        self.crowded = False
        self._slots = slots
        self._closing = threading.Event()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        super().__init__(address, _Connection)
        self.port: int = self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        # A connection waits for a thread here, those after it in the system's queue; meanwhile the
        # others are closed after their answer.
        while not self._slots.acquire(timeout=_SLOT_SECONDS):
            self.crowded = True
            if self._closing.is_set():
                self.shutdown_request(request)
                return
        self.crowded = False
        name = f"serve-{self.port}"
        thread = threading.Thread(target=self._serve, args=(request, client_address), name=name, daemon=True)
        with self._lock:
            self._open[request] = thread
        thread.start()

    def accept_all(self) -> None:
        """Accepts until stop_accepting; a loop of its own, because the standard one wakes to poll."""
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:
                # The client is gone already, or there are no more file descriptors: others may end.
                time.sleep(_SLOT_SECONDS)
                continue
            if self._closing.is_set():
                connection.close()
                return
            self.process_request(connection, address)

    def stop_accepting(self) -> None:
        """Ends accept_all, which sees it at its next connection: this one."""
        self._closing.set()
        with contextlib.suppress(OSError):
            socket.create_connection((str(self.server_address[0]), self.port), timeout=1).close()

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            still_open = list(self._open.items())
        for connection, _ in still_open:
            # Ends a wait for the next request; an answer under way can still be written.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        for _, thread in still_open:
            thread.join(timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event; any other error is the application's to catch."""

    def _serve(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except (OSError, ValueError):
            self.handle_error(request, client_address)
        finally:
            self.shutdown_request(request)
            with self._lock:
                self._open.pop(request, None)
            self._slots.release()


class _Listener6(_Listener):
    address_family = socket.AF_INET6


class _Connection(socketserver.StreamRequestHandler):
    """One connection: requests are answered one after the other until either side closes."""

    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: _Listener

    def handle(self) -> None:
        while True:
            try:
                request = read_request(self.rfile, self._continue, peer=self.client_address[0])
            except RequestRefusedError as refused:
                self._write(refusal(refused.status), method="GET", keep_alive=False)
                self._drain()
                return
            if request is None:
                return
            response = self._answer(request)
            keep_alive = request.keep_alive and not self.server.crowded
            self._write(response, method=request.method, keep_alive=keep_alive)
            if not keep_alive:
                self._drain()
                return

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.server.application(request)
        except Exception:
            LOG.exception("%s %s failed", request.method, request.target.partition("?")[0])
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _drain(self) -> None:
        """Reads on for a moment: closing with bytes unread would reset the answer away."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1)
        for _ in range(_DRAIN_READS):
            if not self.rfile.read1(65_536):
                return

    def _continue(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _write(self, response: HttpResponse, *, method: str, keep_alive: bool) -> None:
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}", f"date: {formatdate(usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        if response.status not in _BODILESS:
            lines.append(f"content-length: {len(response.body)}")
        lines.append(f"connection: {'keep-alive' if keep_alive else 'close'}")
        head = "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n"
        body = b"" if method == "HEAD" or response.status in _BODILESS else response.body
        self.wfile.write(head + body)


def refusal(status: HTTPStatus) -> HttpResponse:
    """An error in the shape of API Gateway's own."""
    body = b'{"message":"%s"}' % status.phrase.encode()
    return HttpResponse(status, (("content-type", "application/json"),), body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
