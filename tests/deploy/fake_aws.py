"""CloudFormation, S3 and STS over HTTP, on loopback: the real clients talk to it in their own protocols."""

import re
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from tests.deploy.fake_cloudformation import FakeCloudFormation, RefusedError
from tests.deploy.fake_stack import ACCOUNT

IDENTITY = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/someone", "UserId": "AIDAEXAMPLE"}


class FakeAws:
    """The three services. `throttled` is how many requests are still answered "Rate exceeded"."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.buckets: dict[str, dict[str, bytes]] = {}
        self.foreign: set[str] = set()
        self.deleted: list[str] = []
        self.cloudformation = FakeCloudFormation(self.objects)
        self.throttled = 0
        self.denied: set[str] = set()
        # What happens while an operation is under way, such as somebody's Ctrl-C.
        self.happening: dict[str, Callable[[], None]] = {}
        self.refusing: dict[str, RefusedError] = {}
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"aws": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def query(self, form: dict[str, str]) -> tuple[int, str]:
        """An operation of the query protocol: status and XML."""
        action = form["Action"]
        with self._lock:
            self.asked.append(action)
            self.happening.get(action, lambda: None)()
            if self.throttled:
                self.throttled -= 1
                return 400, _error("Throttling", "Rate exceeded")
            if action in self.denied:
                said = f"User: someone is not authorized to perform: cloudformation:{action}"
                return 403, _error("AccessDenied", said)
            if action in self.refusing:
                return 403, _error(self.refusing[action].code, str(self.refusing[action]))
            if action == "GetCallerIdentity":
                return 200, _result(action, IDENTITY)
            try:
                answered = self.cloudformation.answer(action, _members(form))
            except RefusedError as error:
                return 400, _error(error.code, str(error))
            return 200, _result(action, answered)

    def store(self, method: str, path: str, query: str, body: bytes) -> int:
        """An operation of S3 without an answer but its status."""
        bucket, _, key = path.lstrip("/").partition("/")
        what = "DeleteObject" if method == "DELETE" else f"{method} {query if not key else 'object'}"
        with self._lock:
            if bucket in self.foreign or what in self.denied:
                return 403
            if method == "PUT" and not key:
                self.buckets.setdefault(bucket, {})[query] = body
            elif bucket not in self.buckets:
                return 404
            elif method == "PUT":
                self.objects[key] = body
            elif key and key not in self.objects:
                return 404
            elif method == "DELETE":
                del self.objects[key]
                self.deleted.append(key)
                return 204
            return 200

    def tell(self, path: str, query: str) -> tuple[int, str]:
        """What S3 tells of a bucket: its lifecycle, or its objects."""
        bucket, asked = path.strip("/"), dict(parse_qsl(query, keep_blank_values=True))
        with self._lock:
            if bucket not in self.buckets:
                return 404, "<Error><Code>NoSuchBucket</Code></Error>"
            if "lifecycle" in asked:
                told = self.buckets[bucket].get("lifecycle", b"")
                return (
                    (200, told.decode())
                    if told
                    else (404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>")
                )
            found = [key for key in self.objects if key.startswith(asked["prefix"])]
            listed = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in found)
            return 200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Keeps quiet of a client that went away, as one does at Ctrl-C."""
        if not isinstance(sys.exception(), ConnectionError):
            raise  # noqa: PLE0704 - called while it is handled


class _Handler(BaseHTTPRequestHandler):
    aws: FakeAws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_expect_100(self) -> bool:
        # What is written is buffered, and a client of S3 waits a second for this before it sends a body.
        told = super().handle_expect_100()
        self.wfile.flush()
        return told

    def do_POST(self) -> None:
        form = dict(parse_qsl(self._body().decode(), keep_blank_values=True))
        status, xml = self.aws.query(form)
        self._send(status, xml.encode())

    def do_PUT(self) -> None:
        parts = urlsplit(self.path)
        status = self.aws.store("PUT", parts.path, parts.query, self._body())
        said = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self._send(status, b"" if status == HTTPStatus.OK else said)

    def do_HEAD(self) -> None:
        parts = urlsplit(self.path)
        self._send(self.aws.store("HEAD", parts.path, parts.query, b""), b"")

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        status, xml = self.aws.tell(parts.path, parts.query)
        self._send(status, xml.encode())

    def do_DELETE(self) -> None:
        parts = urlsplit(self.path)
        self._send(self.aws.store("DELETE", parts.path, parts.query, b""), b"")

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked" or "Content-Length" not in self.headers:
            return b"".join(self._chunks())
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            size, _, rest = body.partition(b"\r\n")
            return rest[: int(size.split(b";")[0], 16)]
        return body

    def _chunks(self) -> Any:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _members(form: dict[str, str]) -> dict[str, Any]:
    """The form as the structure it flattens: Tags.member.1.Key."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        if name in {"Action", "Version"}:
            continue
        *path, last = name.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value
    folded: dict[str, Any] = _fold(tree)
    return folded


def _fold(node: Any) -> Any:
    match node:
        case {"member": dict() as members}:
            return [_fold(members[key]) for key in sorted(members, key=int)]
        case {"entry": dict() as entries}:
            return {one["key"]: one["value"] for one in entries.values()}
        case dict():
            return {key: _fold(value) for key, value in node.items()}
        case _:
            return node


def _result(action: str, answered: dict[str, Any]) -> str:
    return f"<{action}Response><{action}Result>{_xml(answered)}</{action}Result></{action}Response>"


def _error(code: str, message: str) -> str:
    said = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    return f"<ErrorResponse><Error>{said}</Error></ErrorResponse>"


def _xml(value: Any) -> str:
    match value:
        case dict():
            return "".join(f"<{key}>{_xml(one)}</{key}>" for key, one in value.items())
        case list():
            return "".join(f"<member>{_xml(one)}</member>" for one in value)
        case bool():
            return str(value).lower()
        case _:
            return escape(re.sub(r"[^\x20-\x7e\n]", "?", str(value)))
