"""One HTTP/1.1 exchange on a connection (RFC 9112): a request out, its whole response back.

http.client does this too, and reads headers with the e-mail package: 10 ms of every start, and 0.1 ms
of every call to AWS.
"""

import re
import socket
from collections.abc import Mapping

from chalicelib.record import Record, field

MAX_HEAD = 64 * 1024
# A page of DynamoDB's, the largest of what is asked for, has a megabyte of values.
MAX_BODY = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_CONTINUE, _SWITCHING, _OK = 100, 101, 200
_MAX_INTERIM = 8
# RFC 9112 section 6.3: they have no body, whatever their headers say.
_BODILESS = frozenset({204, 304})
_STATUS = re.compile(r"(HTTP/1\.[01]) ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")


class NotHttp(Exception):
    """What came back is no HTTP response, or not all of one."""


class HttpResponse(Record, kw_only=True):
    """A whole response. Header names are lower case. `reusable`: the connection can take the next request."""

    status: int
    headers: Mapping[str, str] = field(hash=False)
    body: bytes = field(repr=False)
    reusable: bool


def exchange(
    connection: socket.socket, method: str, target: str, headers: Mapping[str, str], body: bytes | None
) -> HttpResponse:
    """Sends a request and reads its response, each wait bounded by the socket's time-out.

    Raises ValueError for a header of two lines, OSError, and NotHttp.
    """
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\r") + head.count("\n") != 2 * (len(lines) - 1):
        raise ValueError("A header is one line.")
    connection.sendall(head.encode("latin-1") + _END_OF_HEAD + (body or b""))
    incoming = _Incoming(connection)
    version, status, received = _read_head(incoming)
    content, delimited = (b"", True) if status in _BODILESS else _read_body(incoming, received)
    reusable = (
        delimited
        and version == "HTTP/1.1"
        and "close" not in re.split(r"[ \t,]+", received.get("connection", "").lower())
        # More than was announced: whose answer that is nobody knows.
        and not incoming.left
    )
    return HttpResponse(status=status, headers=received, body=content, reusable=reusable)


class _Incoming:
    """What a connection sends, in the pieces HTTP has. `left` is what came and was not asked for yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.left = b""

    def until(self, end: bytes, most: int) -> bytes:
        """Everything before `end`."""
        while (at := self.left.find(end)) < 0:
            if len(self.left) > most:
                raise NotHttp("Something has no end.")
            self._receive()
        found, self.left = self.left[:at], self.left[at + len(end) :]
        return found

    def exactly(self, count: int) -> bytes:
        """So many bytes."""
        if count > MAX_BODY:
            raise NotHttp("The body is too large.")
        while len(self.left) < count:
            self._receive()
        found, self.left = self.left[:count], self.left[count:]
        return found

    def all(self) -> bytes:
        """Everything until the other side closes."""
        pieces, size = [self.left], len(self.left)
        while piece := self._connection.recv(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BODY:
                raise NotHttp("The body is too large.")
        self.left = b""
        return b"".join(pieces)

    def _receive(self) -> None:
        piece = self._connection.recv(_CHUNK)
        if not piece:
            raise NotHttp("The answer breaks off.")
        self.left += piece


def _read_head(incoming: _Incoming) -> tuple[str, int, dict[str, str]]:
    """RFC 9110 section 15.2: the head of the answer itself, behind a few interim ones."""
    for _ in range(_MAX_INTERIM):
        head = _parse_head(incoming.until(_END_OF_HEAD, MAX_HEAD))
        if not _CONTINUE <= head[1] < _OK:
            return head
        if head[1] == _SWITCHING:
            break
    raise NotHttp("There is no answer behind the interim ones.")


def _parse_head(head: bytes) -> tuple[str, int, dict[str, str]]:
    """RFC 9112 sections 4 and 5: version, status, headers; of a header given twice, both."""
    status_line, *lines = head.decode("latin-1").split("\r\n")
    status = _STATUS.fullmatch(status_line)
    if status is None:
        raise NotHttp("There is no status line.")
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise NotHttp("A header is malformed.")
        name, value = match[1].lower(), match[2].rstrip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return status[1], int(status[2]), headers


def _read_body(incoming: _Incoming, headers: Mapping[str, str]) -> tuple[bytes, bool]:
    """RFC 9112 section 6.3: the body, and whether it says where it ends."""
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked" or "content-length" in headers:
            raise NotHttp("The length of the body is not clear.")
        return _read_chunks(incoming), True
    length = headers.get("content-length")
    if length is None:
        return incoming.all(), False
    if not _LENGTH.fullmatch(length):
        raise NotHttp("The length of the body is not clear.")
    return incoming.exactly(int(length)), True


def _read_chunks(incoming: _Incoming) -> bytes:
    """RFC 9112 section 7.1; extensions and trailers are read and left aside."""
    pieces, whole = [], 0
    while True:
        match = _CHUNK_SIZE.fullmatch(incoming.until(b"\r\n", MAX_HEAD))
        if match is None:
            raise NotHttp("A chunk has no size.")
        size = int(match[1], 16)
        if size == 0:
            break
        whole += size
        if whole > MAX_BODY:
            raise NotHttp("The body is too large.")
        pieces.append(incoming.exactly(size))
        if incoming.exactly(2) != b"\r\n":
            raise NotHttp("A chunk is longer than it says.")
    while incoming.until(b"\r\n", MAX_HEAD):
        pass
    return b"".join(pieces)
