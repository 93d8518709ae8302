"""An embedded Lambda: the operation Invoke, over HTTP as AWS's clients ask for it."""

import json
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.resources import Function
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"

_PATH = re.compile(r"/2015-03-31/functions/([^/?]+)/invocations")
# As Lambda has it for an invocation whose answer is waited for, and for the answer.
MAX_BYTES = 6 * 1024 * 1024

# Makes an answer of an event.
Handler = Callable[[Any], Any]


class EmbeddedLambda:
    """Hands events to functions, one answer for each, or leaves them to `later` where nobody waits for one. A
    function of the stack is called by its logical id, its name or its ARN, `others` by their ARNs. A version
    or an alias at the end of either is the function itself.
    """

    def __init__(
        self,
        functions: Collection[Function],
        invoke: Callable[[str, dict[str, Any]], Any],
        others: Mapping[str, Handler] | None = None,
        later: Callable[[Function, Any], None] | None = None,
    ) -> None:
        self._functions = {name: one for one in functions for name in (one.logical_id, one.name) if name}
        self._later = later
        self._invoke = invoke
        # May be added to: whoever has one to be invoked puts it here.
        self.others = dict(others or {})

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What the function answers, or how it failed, as Lambda tells either."""
        match = _PATH.fullmatch(request.target)
        name = unquote(match[1]) if match else ""
        handler = self._find(name)
        if handler is None:
            return _refuse(HTTPStatus.NOT_FOUND, "ResourceNotFoundException", "Function not found")
        if len(request.body) > MAX_BYTES:
            return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestTooLargeException", "Too large")
        try:
            event = json.loads(request.body or b"{}")
        except ValueError:
            return _refuse(HTTPStatus.BAD_REQUEST, "InvalidRequestContentException", "No JSON")
        function = self.find(name)
        if self._later and function and request.header("x-amz-invocation-type") == "Event":
            self._later(function, event)
            return _answer(HTTPStatus.ACCEPTED, b"")
        try:
            answer = json.dumps(handler(event)).encode()
            if len(answer) > MAX_BYTES:
                raise ValueError("Response payload size exceeded maximum allowed payload size.")  # noqa: TRY301
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is what Lambda tells
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return _answer(HTTPStatus.OK, json.dumps(failure).encode(), ("x-amz-function-error", "Unhandled"))
        return _answer(HTTPStatus.OK, answer)

    def _find(self, name: str) -> Handler | None:
        for arn, other in list(self.others.items()):
            if name == arn or name.startswith(f"{arn}:"):
                return other
        function = self.find(name)
        return partial(self._invoke, function.logical_id) if function else None

    def find(self, name: str) -> Function | None:
        """The function of the stack that this is the name or the ARN of."""
        return self._functions.get(name.removeprefix(_ARN).partition(":")[0])


def _refuse(status: HTTPStatus, name: str, message: str) -> HttpResponse:
    return _answer(status, json.dumps({"Message": message}).encode(), ("x-amzn-errortype", name))


def _answer(status: int, document: bytes, *more: tuple[str, str]) -> HttpResponse:
    headers = (("content-type", "application/json"), ("x-amzn-requestid", str(uuid.uuid4())), *more)
    return HttpResponse(status, headers, document)
