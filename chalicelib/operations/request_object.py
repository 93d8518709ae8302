"""Request objects are fetched here, and the keys they are signed with: RFC 9101 section 5.2.3.

A function of its own, as what it reads is anybody's: it may reach nothing of the tenant's. The authorization
endpoint invokes it, with URLs a client registered, and judges what comes back.
"""

import base64
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib.gateway.environment import settings
from chalicelib.gateway.log import log_request
from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import Fetched, FetchError

MAX_BYTES = 64 * 1024
# RFC 1035 section 2.3.4.
MAX_HOST = 255
ACCEPTS = {
    "request_object": "application/oauth-authz-req+jwt, application/jwt",
    "keys": "application/jwk-set+json, application/json",
}


def respond(
    event: Mapping[str, Any], *, fetch: Callable[..., Fetched], allowed_origins: tuple[str, ...]
) -> Fetched:
    """The document at `url`; `kind` is one of ACCEPTS. Raises FetchError."""
    return fetch(
        event["url"], allowed_origins=allowed_origins, accept=ACCEPTS[event["kind"]], max_bytes=MAX_BYTES
    )


def handler(event: Any, context: Any) -> dict[str, Any]:
    """The authorization endpoint's question: what is there, or why nothing is."""
    started = time.perf_counter()
    outcome, why = "failed", ""
    try:
        fetched = respond(event, fetch=fetch, allowed_origins=settings().fetch_allowed_origins)
    except FetchError as error:
        outcome, why = "unavailable", str(error)
        return {"outcome": outcome, "why": why, "answered": error.answered}
    else:
        outcome = "fetched"
        body = base64.b64encode(fetched.body).decode()
        return {"outcome": outcome, "body": body, "max_age": fetched.max_age}
    finally:
        log_request(
            {
                "operation": "request_object",
                "request_id": str(getattr(context, "aws_request_id", "")),
                "host": (urlsplit(event["url"]).hostname or "")[:MAX_HOST],
                "kind": event["kind"],
                "outcome": outcome,
                **({"why": why} if why else {}),
                "ms": round((time.perf_counter() - started) * 1000, 2),
            }
        )
