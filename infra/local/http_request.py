"""Reading HTTP/1.1 requests off a connection: RFC 9112, strictly, with the limits of API Gateway."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase
from urllib.parse import urlsplit

# API Gateway's quotas for HTTP APIs: request line and header values together, and the payload.
MAX_HEAD = 10_240
MAX_BODY = 10 * 1024 * 1024
_MAX_LINE = 16_384
_MAX_LINES = 200

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.([01])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r\n")


class RequestRefusedError(Exception):
    """A request that is answered with this status without reaching the application."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as it came.

    `target` is path and query, still percent-encoded; header names keep their case and may repeat;
    the body is dechunked.
    """

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    peer: str

    def header(self, name: str) -> str | None:
        """The header's values joined with commas, None where it is absent. `name` is lower case."""
        values = [value for key, value in self.headers if key.lower() == name]
        return ",".join(values) if values else None

    @property
    def keep_alive(self) -> bool:
        """Whether the connection stays open after the answer (RFC 9112 section 9.3)."""
        options = {option.strip() for option in (self.header("connection") or "").lower().split(",")}
        return "close" not in options and (self.version == "HTTP/1.1" or "keep-alive" in options)


def read_request(
    stream: BufferedIOBase, send_continue: Callable[[], None], *, peer: str
) -> HttpRequest | None:
    """The next request, None where the client closed. `send_continue` writes the interim response.

    Raises RequestRefusedError for a malformed or too large one, and OSError where the connection fails.
    """
    line = stream.readline(_MAX_LINE + 1)
    if line in {b"\r\n", b"\n"}:  # RFC 9112 section 2.2: one empty line before a request is forgiven
        line = stream.readline(_MAX_LINE + 1)
    if not line:
        return None
    method, target, version = _parse_request_line(line)
    headers = _read_headers(stream, size=len(line))
    head = HttpRequest(method, target, version, headers, b"", peer)
    if version == "HTTP/1.1" and len([name for name, _ in headers if name.lower() == "host"]) != 1:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
    return HttpRequest(method, target, version, headers, _read_body(stream, head, send_continue), peer)


def _parse_request_line(line: bytes) -> tuple[str, str, str]:
    if len(line) > _MAX_LINE:
        raise RequestRefusedError(HTTPStatus.REQUEST_URI_TOO_LONG)
    match = _REQUEST_LINE.fullmatch(line.decode("latin-1").rstrip("\r\n"))
    if not match:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
    method, target, minor = match.groups()
    if not target.startswith("/"):
        target = _origin_form(target)
    return method, target.partition("#")[0], f"HTTP/1.{minor}"


def _origin_form(target: str) -> str:
    """RFC 9112 section 3.2.2: the absolute form must be understood; the other forms mean nothing here."""
    try:
        parts = urlsplit(target)
    except ValueError:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST) from None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _read_headers(stream: BufferedIOBase, *, size: int) -> tuple[tuple[str, str], ...]:
    headers: list[tuple[str, str]] = []
    for _ in range(_MAX_LINES):
        line = stream.readline(_MAX_LINE + 1)
        if line in {b"\r\n", b"\n"}:
            return tuple(headers)
        # A folded line (RFC 9112 section 5.2) begins with white space and is refused like any other oddity.
        match = _HEADER.fullmatch(line.decode("latin-1").rstrip("\r\n"))
        size += len(match[2]) if match else len(line)
        if size > MAX_HEAD:
            raise RequestRefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not match or not line.endswith(b"\n") or "\0" in match[2] or "\r" in match[2]:
            raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
        headers.append((match[1], match[2]))
    raise RequestRefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def _read_body(stream: BufferedIOBase, head: HttpRequest, send_continue: Callable[[], None]) -> bytes:
    length, coding = head.header("content-length"), head.header("transfer-encoding")
    if coding is not None and (length is not None or coding.lower() != "chunked"):
        # RFC 9112 section 6.3: both together is how requests are smuggled.
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
    if coding is None and not length:
        return b""
    if length is not None and not (length.isascii() and length.isdigit() and len(length) < 12):  # noqa: PLR2004
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
    if length is not None and int(length) > MAX_BODY:
        raise RequestRefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if (head.header("expect") or "").lower() == "100-continue":
        send_continue()
    return _read_exactly(stream, int(length)) if length is not None else _read_chunks(stream)


def _read_chunks(stream: BufferedIOBase) -> bytes:
    """RFC 9112 section 7.1; trailers are read and dropped."""
    body = bytearray()
    while True:
        match = _CHUNK.fullmatch(stream.readline(_MAX_LINE))
        if not match:
            raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
        size = int(match[1], 16)
        if size == 0:
            _read_headers(stream, size=0)
            return bytes(body)
        if len(body) + size > MAX_BODY:
            raise RequestRefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body += _read_exactly(stream, size)
        if stream.readline(3) != b"\r\n":
            raise RequestRefusedError(HTTPStatus.BAD_REQUEST)


def _read_exactly(stream: BufferedIOBase, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST)
    return body
