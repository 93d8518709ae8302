"""An embedded Lambda: the operation Invoke, over HTTP as AWS's clients ask for it."""

import json
import re
import uuid
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse

_PATH = re.compile(r"/2015-03-31/functions/([^/?]+)/invocations")


class EmbeddedLambda:
    """Hands events to functions by their logical ids, one answer for each."""

    def __init__(self, names: Collection[str], invoke: Callable[[str, dict[str, Any]], Any]) -> None:
        self._names = names
        self._invoke = invoke

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What the function answers, or how it failed, as Lambda tells either."""
        match = _PATH.fullmatch(request.target)
        if match is None or match[1] not in self._names:
            return _answer(HTTPStatus.NOT_FOUND, {"message": f"Function not found: {request.target}"})
        try:
            return _answer(HTTPStatus.OK, self._invoke(match[1], json.loads(request.body or b"{}")))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is what Lambda tells
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return _answer(HTTPStatus.OK, failure, ("x-amz-function-error", "Unhandled"))


def _answer(status: int, document: Any, *more: tuple[str, str]) -> HttpResponse:
    headers = (("content-type", "application/json"), ("x-amzn-requestid", str(uuid.uuid4())), *more)
    return HttpResponse(status, headers, json.dumps(document).encode())
