"""API Gateway's HTTP API on a laptop: HTTP to payload 2.0 events, and the answers back.

Where the documentation is silent, this does what the service was seen to do: rawPath comes decoded,
rawQueryString as it was sent, and every body but text, JSON, XML and JavaScript as base64, forms too.
"""

import base64
import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse, refusal
from infra.local.resources import Route
from infra.local.template import ACCOUNT

LOG = logging.getLogger(__name__)

_TEXT_TYPES = re.compile(r"text/.+|application/(json|xml|javascript)")
_JSON = (("content-type", "application/json"),)
_DOCUMENT = (
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)
_DEFAULT_TYPE = "text/plain;charset=UTF-8"
# Said by the connection, not by the function.
_HOP_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"}

Invoke = Callable[[str, dict[str, Any]], Any]


class Gateway:
    """An application of the loopback server. `invoke` runs a function, by its logical id, on an event.

    `documents` are JSON, or text, by path, for requests that name `host`: what only a laptop's stack tells.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        invoke: Invoke,
        *,
        documents: Mapping[str, Any] | None = None,
        host: str = "",
    ) -> None:
        self._documents, self._host = documents or {}, host
        self._routes = sorted((_Pattern(route) for route in routes), key=lambda pattern: pattern.rank)
        self._invoke = invoke

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Routes, invokes and answers one request, as API Gateway does."""
        path = unquote(request.target.partition("?")[0])
        # Another name for this machine would be another site's (DNS rebinding).
        if path in self._documents and request.header("host") == self._host:
            return _document(self._documents[path])
        for pattern in self._routes:
            parameters = pattern.match(request.method, path)
            if parameters is not None:
                event = to_event(request, route_key=pattern.route.route_key, path_parameters=parameters)
                return self._run(pattern.route.function, event)
        return refusal(HTTPStatus.NOT_FOUND)

    def _run(self, function: str, event: dict[str, Any]) -> HttpResponse:
        try:
            # Lambda hands JSON over, in and out: what is no JSON fails here as it would there.
            answer = json.loads(json.dumps(self._invoke(function, json.loads(json.dumps(event)))))
            return to_response(answer, request_id=event["requestContext"]["requestId"])
        except Exception:
            LOG.exception("%s failed", function)
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR)


def _document(document: Any) -> HttpResponse:
    text = isinstance(document, str)
    kind = (("content-type", _DEFAULT_TYPE),) if text else _JSON
    body = document if text else json.dumps(document)
    return HttpResponse(HTTPStatus.OK, (*kind, *_DOCUMENT), body.encode())


class _Pattern:
    """A route key: `METHOD /path`, `ANY /path/{name}`, `ANY /{proxy+}` or `$default`."""

    def __init__(self, route: Route) -> None:
        self.route = route
        method, _, path = route.route_key.partition(" ")
        self._method = "ANY" if route.route_key == "$default" else method
        greedy = "+}" in path
        self._path: re.Pattern[str] | None = None
        if route.route_key != "$default":
            parts = re.split(r"(\{\w+\+?\})", path)
            self._path = re.compile("".join(_part_pattern(part) for part in parts))
        # The most specific route wins: a literal path, one with variables, a greedy one, $default; and
        # among equals a method before ANY.
        self.rank = (
            self._path is None,
            greedy,
            path.count("{"),
            -len(path),
            self._method == "ANY",
        )

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's parameters if the route is the request's, else None."""
        if self._method not in {"ANY", method}:
            return None
        if self._path is None:
            return {}
        match = self._path.fullmatch(path)
        return match.groupdict() if match else None


def _part_pattern(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part.strip("{+}")
    return f"(?P<{name}>.+)" if part.endswith("+}") else f"(?P<{name}>[^/]+)"


def to_event(
    request: HttpRequest, *, route_key: str = "$default", path_parameters: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The request in payload format 2.0."""
    path, _, query = request.target.partition("?")
    now = time.time()
    host = request.header("host") or ""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": _event_headers(request, host),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split(".")[0].split(":")[0],
            "http": {
                "method": request.method,
                "path": unquote(path),
                "protocol": request.version,
                "sourceIp": request.peer,
                "userAgent": request.header("user-agent") or "",
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route_key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    cookie_headers = [value for name, value in request.headers if name.lower() == "cookie"]
    cookies = [cookie.strip() for value in cookie_headers for cookie in value.split(";") if cookie.strip()]
    if cookies:
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = _join_repeated(parse_qsl(query, keep_blank_values=True))
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if request.body:
        event["body"], event["isBase64Encoded"] = _event_body(request)
    return event


def to_response(answer: Any, *, request_id: str) -> HttpResponse:
    """A function's answer in payload format 2.0 as a response.

    An answer without a statusCode is the body of a 200, in JSON. Raises ValueError for one that API
    Gateway would not understand.
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return HttpResponse(HTTPStatus.OK, _JSON, json.dumps(answer).encode())
    status, body = answer["statusCode"], answer.get("body") or ""
    given, cookies = answer.get("headers") or {}, answer.get("cookies") or []
    if not isinstance(status, int) or not 200 <= status <= 599:  # noqa: PLR2004 - the range of final answers
        raise ValueError("statusCode is no HTTP status.")
    if not isinstance(body, str) or not all(isinstance(value, str) for value in (*given.values(), *cookies)):
        raise ValueError("Headers, cookies and the body must be text.")
    if any("\r" in value or "\n" in value for value in (*given, *given.values(), *cookies)):
        raise ValueError("A header must be one line.")
    headers = {name.lower(): value for name, value in given.items() if name.lower() not in _HOP_HEADERS}
    headers.setdefault("content-type", _DEFAULT_TYPE)
    headers["apigw-requestid"] = request_id
    content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode("utf-8")
    return HttpResponse(status, (*headers.items(), *(("set-cookie", cookie) for cookie in cookies)), content)


def _event_headers(request: HttpRequest, host: str) -> dict[str, str]:
    headers = _join_repeated((name.lower(), value) for name, value in request.headers)
    headers.pop("cookie", None)
    for name in ("connection", "keep-alive", "transfer-encoding", "expect", "te", "upgrade"):
        headers.pop(name, None)
    headers["content-length"] = str(len(request.body))
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {request.peer}" if forwarded else request.peer
    headers["x-forwarded-proto"] = "http"
    headers["x-forwarded-port"] = host.rpartition(":")[2] if ":" in host else "80"
    return headers


def _event_body(request: HttpRequest) -> tuple[str, bool]:
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if _TEXT_TYPES.fullmatch(media_type):
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def _join_repeated(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
