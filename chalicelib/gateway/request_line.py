"""What the line of a request says: who, what, how it ended, and what it took."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.call_record import CallRecord
from chalicelib.gateway.environment import stack_name
from chalicelib.gateway.log import log_metrics
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response

# A security event as JSON, None where a request is none: (endpoint, facts, request) -> event.
EventOf = Callable[[str, Mapping[str, object], Request], dict[str, Any] | None]

# Why a client is told to wait that did not prove who it is.
THROTTLED_CLIENTS = frozenset({"client_auth_flood", "client_auth_throttled"})

_UNAVAILABLE = 503
_SERVER_FAULT = 500
_REFUSED = 400


def log_answer(
    endpoint: str,
    request: Request | None,
    response: Response,
    fields: Mapping[str, object],
    *,
    calls: CallRecord,
    ms: float,
    event_of: EventOf | None,
) -> None:
    """Writes the line of a request that was answered; `fields` say why it was refused, where it was."""
    line: dict[str, object] = {
        "endpoint": endpoint,
        "request_id": request.request_id if request else "",
        "method": request.method if request else "",
        "status": response.status,
        **(request.facts if request else {}),
        **response.log,
        **calls.facts,
        **fields,
        "stack": stack_name(),
    }
    line["result"] = _result(response.status, error=line.get("error"))
    invocations = calls.made.count("lambda")
    if invocations:
        line["lambda_calls"] = invocations
    if calls.errors:
        line["aws_errors"] = calls.errors
    metrics = {
        "requests": 1,
        "ms": ms,
        "dynamodb_calls": calls.made.count("dynamodb"),
        "kms_calls": calls.made.count("kms"),
        **calls.metrics,
    }
    if calls.throttled:
        metrics["dynamodb_throttles"] = calls.throttled.count("dynamodb")
        metrics["kms_throttles"] = calls.throttled.count("kms")
    if line.get("error") == "invalid_client" or line.get("reason") in THROTTLED_CLIENTS:
        metrics["refused_clients"] = 1
    event = event_of(endpoint, line, request) if event_of and request else None
    if event:
        line["audit"] = event
        if event["type"] == "login_failed":
            metrics["refused_logins"] = 1
        elif event["type"] == "reuse_detected":
            metrics["reuse_detections"] = 1
        elif event["type"] == "client_created":
            metrics["registrations"] = 1
    log_metrics(line, metrics)


def _result(status: int, *, error: object) -> str:
    """answered; refused, for what was sent; unavailable, for AWS; fault, for us. A redirect can refuse, and
    a device that is to go on asking is none the worse for it.
    """
    if status == _UNAVAILABLE:
        return "unavailable"
    if status >= _SERVER_FAULT:
        return "fault"
    refused = status >= _REFUSED or error is not None
    return "refused" if refused and error != "authorization_pending" else "answered"
