"""Invoking other Lambda functions, waiting for what they answer or not."""

from urllib.parse import quote

from chalicelib.aws.connections import lambda_functions
from chalicelib.aws.http_connections import NoAnswer, Reply
from chalicelib.aws.refusal import TOO_MANY_REQUESTS, Refusal
from chalicelib.aws.service import OK
from chalicelib.aws.signature import Credentials
from chalicelib.protocol.errors import TemporarilyUnavailable

ACCEPTED, FORBIDDEN, NOT_FOUND = 202, 403, 404


class InvocationFailed(Exception):
    """A function that did not answer. What it said instead is not here: it may be anything.

    `kind`: failed (it raised, ended early or took too long), forbidden, not_found, throttled, no_answer
    (in time), too_large (the answer), refused (anything else Lambda has against it).
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def invoke(function: str, payload: bytes, *, seconds: float, max_bytes: int, repeat: bool = False) -> bytes:
    """What a function answers, in JSON as it came.

    `function` is its ARN, with a version or an alias as its last part where one is meant; `payload` is JSON
    of at most 6 MB. It is waited for `seconds`, or half of the time that is left.

    `repeat` where a function that may have run already may be asked again; what Lambda says it did not run is
    in any case. Raises InvocationFailed.
    """
    try:
        reply = lambda_functions().ask(
            "Invoke",
            payload,
            read=_read,
            path=_path(function),
            once=not repeat,
            seconds=seconds,
            patience=seconds,
        )
    except NoAnswer:
        raise InvocationFailed("no_answer") from None
    except Refusal as refusal:
        raise InvocationFailed(_kind(refusal)) from refusal
    if "x-amz-function-error" in reply.headers:
        raise InvocationFailed("failed")
    if len(reply.body) > max_bytes:
        raise InvocationFailed("too_large")
    return reply.body


def invoke_later(function: str, payload: bytes) -> None:
    """Leaves an event with Lambda, which keeps it and has the function run with it, once at least. `payload`
    is JSON of at most 256 KB. Raises TemporarilyUnavailable where Lambda does not take it, Refusal for what
    cannot be waited out.
    """
    try:
        lambda_functions().ask("Invoke", payload, read=_read, path=_path(function), invocation_type="Event")
    except NoAnswer as error:
        raise TemporarilyUnavailable("A function did not answer. Try again.", reason="aws_timeout") from error
    except Refusal as refusal:
        if refusal.transient:
            raise TemporarilyUnavailable(
                "A function is busy. Try again.", reason="aws_throttled"
            ) from refusal
        raise


def _path(function: str) -> str:
    return f"/2015-03-31/functions/{quote(function, safe='')}/invocations"


def _read(reply: Reply, credentials: Credentials) -> Reply:
    if reply.status in {OK, ACCEPTED}:
        return reply
    # "ResourceNotFoundException", or with a URL after a colon.
    code = reply.headers.get("x-amzn-errortype") or str(reply.status)
    raise Refusal(reply.status, {"__type": code}, date=reply.headers.get("date"), credentials=credentials)


def _kind(refusal: Refusal) -> str:
    if refusal.status == TOO_MANY_REQUESTS:
        return "throttled"
    return {FORBIDDEN: "forbidden", NOT_FOUND: "not_found"}.get(refusal.status, "refused")
