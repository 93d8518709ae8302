"""A Response value, and its shape for API Gateway (payload format 2.0)."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from chalicelib.record import Record, field, replace

NO_STORE = {"cache-control": "no-store"}

_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class Response(Record, kw_only=True):
    """One HTTP response. `log` holds fields for the log line: never a secret, token or code. `content` are
    bytes in place of the body's text.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    body: str = ""
    content: bytes | None = None
    log: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, headers: Mapping[str, str]) -> "Response":
        """The same response with these headers where it has none of that name."""
        return replace(self, headers={**headers, **self.headers})


def json_response(
    document: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    log: Mapping[str, str] | None = None,
) -> Response:
    """A JSON document, not to be stored unless `headers` say otherwise."""
    return Response(
        status=status,
        headers={"content-type": "application/json", **NO_STORE, **(headers or {})},
        body=_json.encode(document),
        log=log or {},
    )


def redirect(
    location: str, *, cookies: tuple[str, ...] = (), log: Mapping[str, str] | None = None
) -> Response:
    """303, so that a POST becomes a GET and no body travels on (RFC 9700 section 4.12)."""
    return Response(status=303, headers={"location": location, **NO_STORE}, cookies=cookies, log=log or {})


def to_event(response: Response, *, always: Mapping[str, str]) -> dict[str, Any]:
    """The response in payload format 2.0; `always` are headers it has unless it has others of that name."""
    event: dict[str, Any] = {
        "statusCode": response.status,
        "headers": {**always, **response.headers},
        "body": response.body,
        "isBase64Encoded": False,
    }
    if response.content is not None:
        event |= {"body": b64encode(response.content).decode(), "isBase64Encoded": True}
    if response.cookies:
        event["cookies"] = list(response.cookies)
    return event
