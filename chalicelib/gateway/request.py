"""An API Gateway event (payload format 2.0) as a Request value."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from chalicelib.protocol.errors import ContentTooLarge, InvalidRequest
from chalicelib.record import Record, field

MAX_BODY = 64 * 1024
MAX_QUERY = 32 * 1024


class Request(Record, kw_only=True):
    """One HTTP request. Header names are lower case; `body` is decoded from base64 already.

    `facts` are for the log line, whatever the answer will be: client_id, sub, grant_id, as soon as they are
    known. Never a secret, token or code. `wishes` are how a person wants to see pages, by the names of the
    parameters that say so.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes
    source_ip: str
    request_id: str
    facts: dict[str, str] = field(default_factory=dict, hash=False)
    wishes: dict[str, str] = field(default_factory=dict, hash=False)

    def header(self, name: str) -> str | None:
        """The header's value, None where it is absent. `name` is lower case."""
        return self.headers.get(name)


def parse_event(event: Any) -> Request:
    """Reads a payload 2.0 event; anything missing reads as empty.

    Raises InvalidRequest for what is no such event or has a body that is not base64 as it says,
    ContentTooLarge for a body over 64 KiB or a query over 32 KiB.
    """
    source = _mapping(event)
    context = _mapping(source.get("requestContext"))
    http = _mapping(context.get("http"))
    query = _text(source.get("rawQueryString"))
    if len(query) > MAX_QUERY:
        raise ContentTooLarge("The query is too long.", reason="query_too_large")
    return Request(
        method=_text(http.get("method")).upper(),
        path=_text(source.get("rawPath")) or "/",
        query=query,
        headers={str(k).lower(): _text(v) for k, v in _mapping(source.get("headers")).items()},
        cookies=_parse_cookies(source.get("cookies")),
        body=_decode_body(source),
        source_ip=_text(http.get("sourceIp")),
        request_id=_text(context.get("requestId")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _parse_cookies(cookies: Any) -> dict[str, str]:
    """RFC 6265 section 5.4: name=value each; the first of two with one name wins."""
    parsed: dict[str, str] = {}
    for cookie in cookies if isinstance(cookies, list) else []:
        for pair in _text(cookie).split(";"):
            name, equals, value = pair.strip().partition("=")
            if equals and name:
                parsed.setdefault(name, value)
    return parsed


def _decode_body(event: Mapping[str, Any]) -> bytes:
    text = _text(event.get("body"))
    # Base64 is a third longer than what it carries: refuse before decoding, then measure exactly.
    if len(text) > 2 * MAX_BODY:
        raise ContentTooLarge("The body is larger than 64 KiB.", reason="body_too_large")
    if event.get("isBase64Encoded") is True:
        try:
            body = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidRequest("The body is not base64.", reason="body_not_base64") from None
    else:
        body = text.encode("utf-8", "surrogatepass")
    if len(body) > MAX_BODY:
        raise ContentTooLarge("The body is larger than 64 KiB.", reason="body_too_large")
    return body
