"""Requests to the stack as its callers send them, by a Lambda event or over HTTP, and the answers."""

import base64
import http.client
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.local.gateway import _Pattern
from infra.local.resources import Function, Template
from infra.local.stack import LocalStack

Fields = Mapping[str, str | Sequence[str] | None]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. Header names are lower case; `cookies` are the Set-Cookie lines."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: str

    @property
    def content(self) -> bytes:
        """The body as it came, where it is no text."""
        return self.body.encode("utf-8", "surrogateescape")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def query(self) -> dict[str, str]:
        """The query of the Location, each parameter once."""
        parsed = parse_qs(urlsplit(self.location).query, keep_blank_values=True, strict_parsing=True)
        assert all(len(values) == 1 for values in parsed.values()), parsed
        return {name: values[0] for name, values in parsed.items()}

    @property
    def fragment(self) -> dict[str, str]:
        """The fragment of the Location, each parameter once."""
        parsed = parse_qs(urlsplit(self.location).fragment, keep_blank_values=True, strict_parsing=True)
        assert all(len(values) == 1 for values in parsed.values()), parsed
        return {name: values[0] for name, values in parsed.items()}

    @property
    def error(self) -> str:
        """The error of a JSON answer."""
        error: str = self.json["error"]
        return error


class Transport(Protocol):
    """A way to the stack."""

    @property
    def issuer(self) -> str: ...

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], cookies: Mapping[str, str], body: bytes
    ) -> Answer: ...


@dataclass
class LambdaTransport:
    """Straight to the handlers, with payload 2.0 events from `source_ip`."""

    stack: LocalStack
    source_ip: str = "203.0.113.7"

    @property
    def issuer(self) -> str:
        return self.stack.issuer

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], cookies: Mapping[str, str], body: bytes
    ) -> Answer:
        path, _, query = target.partition("?")
        event = lambda_event(
            method,
            path,
            query=query,
            headers={"host": urlsplit(self.issuer).netloc, **headers},
            cookies=[f"{name}={value}" for name, value in cookies.items()],
            body=body,
            source_ip=self.source_ip,
        )
        return to_answer(self.stack.invoke(endpoint_of(self.stack, path), event))


@dataclass
class HttpTransport:
    """Over HTTP, through the local gateway; from `source_ip`, which may be any of 127.0.0.0/8."""

    issuer: str
    source_ip: str = ""

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], cookies: Mapping[str, str], body: bytes
    ) -> Answer:
        parts = urlsplit(self.issuer)
        connection = http.client.HTTPConnection(
            "127.0.0.1" if self.source_ip else parts.hostname or "",
            parts.port,
            timeout=30,
            source_address=(self.source_ip, 0) if self.source_ip else None,
        )
        # As bytes: http.client takes no other text than Latin-1, and a client may send any.
        sent = {name: value.encode() for name, value in {"host": parts.netloc, **headers}.items()}
        if cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
        try:
            connection.request(method, target, body=body or None, headers=sent)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "surrogateescape")
            return Answer(
                response.status,
                {
                    name.lower(): value
                    for name, value in response.getheaders()
                    if name.lower() != "set-cookie"
                },
                tuple(value for name, value in response.getheaders() if name.lower() == "set-cookie"),
                text,
            )
        finally:
            connection.close()


@dataclass
class Caller:
    """Sends requests; the same for every kind of client."""

    transport: Transport
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.transport.issuer

    def get(self, path: str, fields: Fields | None = None, **headers: str) -> Answer:
        query = encode(fields or {})
        return self.send("GET", path + (f"?{query}" if query else ""), headers=headers)

    def post(
        self, path: str, fields: Fields | None = None, *, auth: tuple[str, str] | None = None, **headers: str
    ) -> Answer:
        """A form; `auth` is a client_id and secret for client_secret_basic."""
        sent = {"content_type": "application/x-www-form-urlencoded", **headers}
        if auth is not None:
            sent["authorization"] = basic(*auth)
        return self.send("POST", path, headers=sent, body=encode(fields or {}).encode())

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """`headers` may be written with underscores."""
        named = {name.replace("_", "-").lower(): value for name, value in (headers or {}).items()}
        return self.transport.send(
            method, target, headers={**self.headers, **named}, cookies=cookies or {}, body=body
        )


def encode(fields: Fields) -> str:
    """A form; None is left out, a list repeats the parameter."""
    return urlencode([pair for name, value in fields.items() for pair in _pairs(name, value)])


def _pairs(name: str, value: str | Sequence[str] | None) -> Iterable[tuple[str, str]]:
    if value is None:
        return []
    return [(name, value)] if isinstance(value, str) else [(name, each) for each in value]


def basic(client_id: str, secret: str) -> str:
    """An Authorization header of client_secret_basic, each part form-encoded (RFC 6749 section 2.3.1)."""
    joined = ":".join(urlencode({"": part})[1:] for part in (client_id, secret))
    return "Basic " + base64.b64encode(joined.encode()).decode()


def lambda_event(
    method: str,
    path: str,
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    cookies: Sequence[str] = (),
    body: bytes = b"",
    source_ip: str = "203.0.113.7",
) -> dict[str, Any]:
    """A payload 2.0 event as API Gateway sends it: the body in base64."""
    return {
        "version": "2.0",
        "routeKey": f"ANY {path}",
        "rawPath": path,
        "rawQueryString": query,
        "cookies": list(cookies),
        "headers": dict(headers or {}),
        "requestContext": {
            "domainName": "localhost",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source_ip},
            "requestId": "test-request",
            "stage": "$default",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def to_answer(result: Any) -> Answer:
    """What a handler returned, as its caller sees it."""
    body = result["body"]
    if result.get("isBase64Encoded"):
        body = base64.b64decode(body, validate=True).decode("utf-8", "surrogateescape")
    return Answer(result["statusCode"], result["headers"], tuple(result.get("cookies", ())), body)


def endpoint_of(stack: LocalStack, path: str) -> str:
    """The endpoint whose route in the template has this path, or a pattern it fits."""
    return function_at(path, stack.template).endpoint


def function_at(path: str, template: Template) -> Function:
    """The function whose route in the template has this path, or a pattern it fits."""
    for pattern in sorted((_Pattern(route) for route in template.routes), key=lambda one: one.rank):
        if pattern.match("ANY", path) is not None:
            function = pattern.route.function
            return next(one for one in template.functions if one.logical_id == function)
    raise LookupError(path)
