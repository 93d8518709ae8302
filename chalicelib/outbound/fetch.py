"""Fetching what a client names: https, no redirects, no address of this network, bounded."""

import http.client

from chalicelib.outbound.exchange import Resolve, exchange, left, resolve
from chalicelib.outbound.fetched import Fetched, FetchError

MAX_BYTES = 64 * 1024
HTTP_OK = 200
TOO_MANY_REQUESTS = 429
SERVER_FAULT = 500
_CHUNK = 8 * 1024


def fetch(
    url: str,
    *,
    allowed_origins: tuple[str, ...] = (),
    resolve: Resolve = resolve,
    accept: str = "application/json",
    max_bytes: int = MAX_BYTES,
) -> Fetched:
    """The document at a URL: at most `max_bytes` in five seconds in all. Raises FetchError.

    `allowed_origins` (protocol/exempt_origin.py) are exempt from the https and address rules.
    """
    headers = {"accept": accept, "accept-encoding": "identity"}
    with exchange(url, "GET", headers=headers, allowed_origins=allowed_origins, resolve=resolve) as (
        response,
        deadline,
    ):
        status = response.status
        if status != HTTP_OK:
            answered = status < SERVER_FAULT and status != TOO_MANY_REQUESTS
            raise FetchError(f"the answer is {status}", answered=answered)
        # What was not asked for is not unpacked: a few bytes may be gigabytes.
        if (response.getheader("content-encoding") or "identity").strip().lower() != "identity":
            raise FetchError("the document is encoded", answered=True)
        body = _read(response, max_bytes=max_bytes)
        # A body that ended because the time did must not pass for a whole one.
        left(deadline)
        return Fetched(body, _max_age(response), _media_type(response))


def _read(response: http.client.HTTPResponse, *, max_bytes: int) -> bytes:
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise FetchError("the document is too large", answered=True)
    # What is left of the length it said: http.client's read1 takes an early end for the end.
    if response.length:
        raise FetchError("the document was cut short")
    return body


def _media_type(response: http.client.HTTPResponse) -> str | None:
    """RFC 9110 section 8.3.1: type and subtype, without parameters."""
    content_type = response.getheader("content-type")
    return None if content_type is None else content_type.partition(";")[0].strip().lower()


def _max_age(response: http.client.HTTPResponse) -> int | None:
    """RFC 9111 section 5.2.2: max-age in seconds; 0 for no-store and no-cache."""
    directives = [part.strip().lower() for part in (response.getheader("cache-control") or "").split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return 0
    for directive in directives:
        name, _, value = directive.partition("=")
        if name == "max-age" and value.strip('"').isdecimal():
            return int(value.strip('"'))
    return None
