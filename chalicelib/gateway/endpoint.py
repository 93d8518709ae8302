"""A function of Request to Response as a Lambda handler: the one place that turns exceptions into HTTP."""

import functools
import os
import time
from collections.abc import Callable
from typing import Any

from chalicelib.call_record import CallRecord, recording
from chalicelib.deadline import deadline
from chalicelib.gateway.cors import ANY_ORIGIN, preflight
from chalicelib.gateway.environment import settings
from chalicelib.gateway.errors import json_error
from chalicelib.gateway.log import describe_fault
from chalicelib.gateway.request import Request, parse_event
from chalicelib.gateway.request_line import EventOf, log_answer
from chalicelib.gateway.response import Response, to_event
from chalicelib.protocol.errors import InvalidRequest, MethodNotAllowed, OAuthError, ServerError

Respond = Callable[[Request], Response]
Handler = Callable[[Any, Any], dict[str, Any]]
ErrorChannel = Callable[[OAuthError, Request | None], Response]

# Seconds kept for telling the answer: a 503 that says to try again, where Lambda's own time-out says nothing.
ANSWER_SECONDS = 0.5

SECURITY_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
}


def endpoint(
    name: str,
    *,
    methods: tuple[str, ...],
    errors: ErrorChannel = json_error,
    cors: bool = False,
    prepare: Callable[[], object] | None = None,
    event_of: EventOf | None = None,
    within: float | None = None,
) -> Callable[[Respond], Handler]:
    """Makes a Lambda handler. `errors` tells an OAuthError of a request, None where it is none, in the
    endpoint's own shape; `cors` lets any web page read the answers (none of these endpoints looks at
    cookies); `prepare` makes clients and reads settings while the function starts; `event_of` tells what
    security event a request is, where any is one; `within` is how many seconds a request may take, however
    long the function has.
    """
    headers = {**SECURITY_HEADERS, **ANY_ORIGIN} if cors else SECURITY_HEADERS

    def decorate(respond: Respond) -> Handler:
        @functools.wraps(respond)
        def handler(event: Any, context: Any) -> dict[str, Any]:
            started = time.perf_counter()
            request: Request | None = None
            fields: dict[str, object] = {}
            calls = CallRecord()
            try:
                request = parse_event(event)
                with recording(calls), deadline(_seconds_to_work(context, within)):
                    response = _answer(request, respond, methods=methods, cors=cors)
            except OAuthError as error:
                response = _tell(error, request, errors, fields)
            except Exception as error:  # noqa: BLE001 - the last line of defence: any fault is a 500
                fields = describe_fault(error)
                fault = ServerError("Something went wrong here. It has been noted.", reason="fault")
                response = _tell(fault, request, errors, fields)
            log_answer(
                name,
                request,
                response,
                fields,
                calls=calls,
                ms=round((time.perf_counter() - started) * 1000, 2),
                event_of=event_of,
            )
            return to_event(response, always=headers)

        if prepare is not None and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
            prepare()
        return handler

    return decorate


def _seconds_to_work(context: Any, within: float | None) -> float | None:
    """What is left of the function's time, at most `within`; that alone for a caller that gives no Lambda
    context.
    """
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None:
        return within
    left: float = remaining() / 1000 - ANSWER_SECONDS
    return left if within is None else min(left, within)


def _answer(request: Request, respond: Respond, *, methods: tuple[str, ...], cors: bool) -> Response:
    # The issuer is one host: another name for this server would be another origin with its cookies,
    # its pages and its own idea of who it is (RFC 9110 section 7.4).
    if (request.header("host") or "").lower() != settings().host:
        raise InvalidRequest("This host is not the issuer's.", reason="host")
    if cors and request.method == "OPTIONS":
        return preflight(methods)
    if request.method not in methods:
        raise MethodNotAllowed("The method is not allowed here.", reason="method", allow=methods)
    return respond(request)


def _tell(
    error: OAuthError,
    request: Request | None,
    errors: ErrorChannel,
    fields: dict[str, object],
) -> Response:
    fields.update({"error": error.code, "reason": error.reason, **error.facts})
    try:
        response = errors(error, request)
    except Exception as fault:  # noqa: BLE001 - a page that can't be made must not hide the error
        fields.update(describe_fault(fault))
        response = json_error(error, request)
    if isinstance(error, MethodNotAllowed):
        response = response.with_headers({"allow": ", ".join(error.allow)})
    return response
