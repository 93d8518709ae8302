"""A service on loopback that answers as a test wrote it down: byte for byte, in order."""

import json
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

# What a step does with a connection that has just sent a request; whether the connection is kept.
Step = Callable[[socket.socket], bool]


@dataclass(frozen=True)
class Asked:
    """One request: its headers by lower-case name and whether one came twice, its body, and which
    connection it came on.
    """

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int
    repeated: bool = False

    @property
    def operation(self) -> str:
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


@dataclass
class ScriptedService:
    """Takes the next step for each request, the last one again and again. `asked` is what came."""

    steps: Sequence[Step]
    asked: list[Asked] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.endpoint = f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(connection)
                self._start(self._serve, connection, len(self._open))

    def _serve(self, connection: socket.socket, number: int) -> None:
        if self.tls:
            try:
                connection = self.tls.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                return
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while (asked := _read(stream, number)) is not None:
                with self._lock:
                    step = self.steps[min(len(self.asked), len(self.steps) - 1)]
                    self.asked.append(asked)
                if not step(connection):
                    return


def _read(stream: Any, number: int) -> Asked | None:
    line = stream.readline().decode().strip()
    if not line:
        return None
    headers: dict[str, str] = {}
    repeated = False
    while name_and_value := stream.readline().decode("latin-1").strip():
        name, _, value = name_and_value.partition(":")
        repeated |= name.lower() in headers
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Asked(line, headers, body, number, repeated=repeated)


def says(members: Any, status: int = 200, *, checked: bool = True, **headers: str) -> Step:
    """An answer of JSON, or of any bytes, with DynamoDB's checksum."""
    head, body = _message(members, status, checked=checked, headers=headers)
    return sends(head + body, keep=True)


def breaks_off(members: Any, *, checked: bool = True) -> Step:
    """Half of an answer."""
    head, body = _message(members, 200, checked=checked, headers={})
    return sends(head + body[: len(body) // 2])


def _message(members: Any, status: int, *, checked: bool, headers: dict[str, str]) -> tuple[bytes, bytes]:
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    lines = {"content-length": str(len(body))}
    if checked:
        lines["x-amz-crc32"] = str(zlib.crc32(body))
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Answer\r\n{head}\r\n".encode(), body


def refuses(code: str, status: int = 400, **headers: Any) -> Step:
    """An error as DynamoDB and KMS tell it."""
    return says({"__type": f"com.amazonaws.any.v1#{code}", "message": "No."}, status, **headers)


def sends(message: bytes, *, keep: bool = False) -> Step:
    """Any bytes."""

    def step(connection: socket.socket) -> bool:
        connection.sendall(message)
        return keep

    return step


def cuts(connection: socket.socket) -> bool:
    """Nothing: the connection ends."""
    del connection
    return False


def waits(connection: socket.socket) -> bool:
    """Nothing, until the client has had enough."""
    connection.settimeout(20)
    connection.recv(1)
    return False


def then_closes(step: Step) -> Step:
    """A whole answer to be kept alive, and then the end: a stale connection."""

    def close(connection: socket.socket) -> bool:
        step(connection)
        return False

    return close
