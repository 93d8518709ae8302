"""A service that fails as networks and services do: an HTTP proxy on loopback before the embedded one."""

import http.client
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

# throttled: refused as over the limit. unavailable: 503 without a body. cut: the connection ends before
# the request is handed on. lost: it ends after the request was served. torn: in the middle of the
# answer. silent: no answer ever, nothing done. late: no answer ever, though the request was served.
Kind = Literal["throttled", "unavailable", "cut", "lost", "torn", "silent", "late"]


@dataclass
class Fault:
    """What befalls the next `left` calls of these operations (all of them where none is named) on a
    table (any where none is named).
    """

    kind: Kind
    operations: tuple[str, ...]
    left: int
    table: str = ""

    def befalls(self, operation: str, body: bytes) -> bool:
        named = not self.operations or operation in self.operations
        return self.left > 0 and named and self.table.encode() in body


@dataclass
class FaultyService:
    """Hands requests on to `upstream` until told to fail. `calls` are the operations that came."""

    upstream: str
    throttling: str = "ThrottlingException"
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        service = self

        class Handler(_Handler):
            faulty = service

        self._fault: Fault | None = None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def failing(
        self, kind: Kind, *operations: str, times: int = 1_000_000, table: str = ""
    ) -> Iterator[Fault]:
        """So many calls fail meanwhile, each try of a client counting as one; `table` is the template's."""
        name = os.environ[f"{table.upper()}_TABLE"] if table else ""
        with self._lock:
            self._fault = Fault(kind, operations, times, name)
        try:
            yield self._fault
        finally:
            with self._lock:
                self._fault = None

    def take_fault(self, operation: str, body: bytes) -> Kind | None:
        """What befalls this call."""
        with self._lock:
            self.calls.append(operation)
            fault = self._fault
            if fault is None or not fault.befalls(operation, body):
                return None
            fault.left -= 1
            return fault.kind

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Aws:
    """What the functions call, each able to fail."""

    dynamodb: FaultyService
    kms: FaultyService


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client of AWS."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    faulty: FaultyService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        operation = self.headers.get("x-amz-target", "").rpartition(".")[2]
        match self.faulty.take_fault(operation, body):
            case None:
                self._write(*self._hand_on(body))
            case "throttled":
                error = {"__type": self.faulty.throttling, "message": "Rate exceeded"}
                self._write(400, [("content-type", "application/x-amz-json-1.0")], json.dumps(error).encode())
            case "unavailable":
                self._write(503, [], b"")
            case "cut":
                self.close_connection = True
            case "lost":
                self._hand_on(body)
                self.close_connection = True
            case "torn":
                self._write(*self._hand_on(body), torn=True)
            case "silent":
                self._wait()
            case "late":
                self._hand_on(body)
                self._wait()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: standard output is the functions' log."""

    def _hand_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        parts = urlsplit(self.faulty.upstream)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request("POST", self.path, body=body, headers=dict(self.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _write(self, status: int, headers: list[tuple[str, str]], body: bytes, *, torn: bool = False) -> None:
        kept = [
            (name, value)
            for name, value in headers
            if name.lower() not in {"connection", "content-length", "transfer-encoding"}
        ]
        lines = [f"HTTP/1.1 {status} Answer", *(f"{name}: {value}" for name, value in kept)]
        lines.append(f"content-length: {len(body)}")
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        self.close_connection = torn
        self.wfile.write(head + (body[: len(body) // 2] if torn else body))

    def _wait(self) -> None:
        """Until the client has had enough."""
        self.connection.settimeout(30)
        with suppress(OSError):
            while self.connection.recv(1024):
                pass
        self.close_connection = True
