"""Coverage watches every thread of a process, and the embedded services, whose lines nobody counts, would
take three times as long for it.
"""

import sys

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse, LoopbackServer
from infra.local.stack import LocalStack


def untrace(stack: LocalStack) -> None:
    """Lets the stack's embedded services answer unwatched; the gateway, which runs the handlers, stays."""
    for server in (stack._kms_server, stack._dynamodb_server, stack._events_server, stack._s3_server):
        for listener in server._listeners if isinstance(server, LoopbackServer) else ():
            listener.application = _untraced(listener.application)


def _untraced(application: Application) -> Application:
    def answer(request: HttpRequest) -> HttpResponse:
        sys.settrace(None)  # of this thread, which serves one connection
        return application(request)

    return answer
