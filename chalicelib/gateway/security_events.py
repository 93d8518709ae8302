"""Security events on their way into the log, from where the audit trail takes them."""

import time
from collections.abc import Mapping
from typing import Any

from chalicelib.gateway.environment import settings
from chalicelib.gateway.log import log_request
from chalicelib.gateway.request import Request
from chalicelib.protocol.request_event import request_event
from chalicelib.protocol.security_event import SecurityEvent


def log_event(event: SecurityEvent) -> None:
    """Writes a line that holds the event, of a function that answers no request: a rotation, an
    administration.
    """
    log_request({"audit": event.to_json()})


def event_of_request(endpoint: str, facts: Mapping[str, object], request: Request) -> dict[str, Any] | None:
    """The event a request is, as JSON; None where it is none."""
    event = request_event(
        endpoint,
        facts,
        request_id=request.request_id,
        source_ip=request.source_ip,
        issuer=settings().issuer,
        now=int(time.time()),
    )
    return event.to_json() if event else None
