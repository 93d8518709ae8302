"""The demo app's files over HTTP: what its folder holds, and nothing beside it."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse, refusal

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class StaticFiles:
    """An application that serves a folder at `origin`, with `configuration` as /config.json.

    `connect_to` are the origins its scripts may call.
    """

    def __init__(
        self, folder: Path, *, origin: str, configuration: dict[str, Any], connect_to: tuple[str, ...]
    ) -> None:
        self._folder = folder.resolve()
        self._origin = origin
        self._configuration = json.dumps(configuration).encode()
        self._headers = (
            ("cache-control", "no-store"),
            ("content-security-policy", _content_security_policy(connect_to)),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The file a GET or HEAD names; 404 for any other path, a redirect from any other host."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(HTTPStatus.METHOD_NOT_ALLOWED, (("allow", "GET, HEAD"),))
        if request.header("host") != urlsplit(self._origin).netloc:
            # Under another name (127.0.0.1) the app would ask for a redirect_uri that is not registered.
            return HttpResponse(HTTPStatus.PERMANENT_REDIRECT, (("location", self._origin + request.target),))
        path = unquote(request.target.partition("?")[0])
        if path == "/config.json":
            return self._answer("application/json", self._configuration)
        file = self._find("index.html" if path == "/" else path.lstrip("/"))
        if file is None:
            return refusal(HTTPStatus.NOT_FOUND)
        return self._answer(_MEDIA_TYPES[file.suffix], file.read_bytes())

    def _find(self, name: str) -> Path | None:
        """The file of a name, if it is one of the folder's (links followed) and of a known type."""
        if "\0" in name or any(part.startswith(".") for part in Path(name).parts):
            return None
        file = (self._folder / name).resolve()
        if file.suffix not in _MEDIA_TYPES or not file.is_relative_to(self._folder) or not file.is_file():
            return None
        return file

    def _answer(self, media_type: str, body: bytes) -> HttpResponse:
        return HttpResponse(HTTPStatus.OK, (("content-type", media_type), *self._headers), body)


def _content_security_policy(connect_to: tuple[str, ...]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            f"connect-src 'self' {' '.join(connect_to)}",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "img-src 'self' data:",
            "script-src 'self'",
            "style-src 'self'",
        )
    )
