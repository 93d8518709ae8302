"""A web server on loopback that answers as it is told, byte for byte, and remembers who asked."""

import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

Write = Callable[[socket.socket], None]


@dataclass
class Origin:
    """Serves `answers` by path, its query included where that has an answer of its own; others are 404.
    `seen` are the requests' heads, `bodies` by path what was posted, `connections` counts who came at all.
    """

    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    answers: dict[str, Write] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    bodies: dict[str, list[bytes]] = field(default_factory=dict)
    connections: int = 0

    def __post_init__(self) -> None:
        origin = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                origin._answer(self.request)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        """Scheme, host and port: what FETCH_ALLOWED_ORIGINS names."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def serve(self, path: str, body: bytes | str, *, status: str = "200 OK", **headers: str) -> str:
        """Answers this path from now on; header names may be written with underscores. Returns its URL."""
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"content-length: {len(data)}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + data
        return self.write(path, lambda connection: connection.sendall(whole))

    def write(self, path: str, write: Write) -> str:
        """Lets a function answer this path, on the bare connection. Returns its URL."""
        self.answers[path] = write
        return self.address + path

    def asked(self, path: str) -> int:
        """How often this path was asked for."""
        return sum(head.split(" ")[1] == path for head in self.seen)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, plain: socket.socket) -> None:
        self.connections += 1
        plain.settimeout(10)
        with suppress(OSError):
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            try:
                head, body = _read_request(connection)
                if head:
                    self.seen.append(head)
                    path = head.split(" ")[1]
                    if head.startswith("POST "):
                        self.bodies.setdefault(path, []).append(body)
                    answer = self.answers.get(path) or self.answers.get(path.partition("?")[0], _not_found)
                    answer(connection)
            finally:
                connection.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""


def _read_request(connection: socket.socket) -> tuple[str, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(4096)
        if not chunk:
            return "", b""
        data += chunk
    beginning, _, body = data.partition(b"\r\n\r\n")
    head = beginning.decode("latin-1")
    length = re.search(r"(?im)^content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        chunk = connection.recv(4096)
        if not chunk:
            return "", b""
        body += chunk
    return head, body


def _not_found(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
