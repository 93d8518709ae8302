"""A WSGI application (PEP 3333) as an application of the loopback server."""

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse


def from_wsgi(application: WSGIApplication) -> Application:
    """The application, to be called by several threads at a time."""

    def answer(request: HttpRequest) -> HttpResponse:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _exc_info: Any = None
        ) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda _: None

        respond: StartResponse = start_response
        parts: Iterable[bytes] = application(_environ(request), respond)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()
        status, headers = started[-1]
        kept = tuple((name, value) for name, value in headers if name.lower() != "content-length")
        return HttpResponse(int(status.split(" ", 1)[0]), kept, body)

    return answer


def _environ(request: HttpRequest) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    host, _, port = (request.header("host") or "localhost").rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host or port,
        "SERVER_PORT": port if host else "80",
        "SERVER_PROTOCOL": request.version,
        "REMOTE_ADDR": request.peer,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in {name.lower() for name, _ in request.headers} - {"content-length", "transfer-encoding"}:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = request.header(name)
    return environ
