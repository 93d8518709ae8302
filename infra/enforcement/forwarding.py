"""A service that runs already, at a URL on this machine, as an application of the loopback server."""

import http.client
import threading
from urllib.parse import urlsplit

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse

_SECONDS = 30
# Of the connection, not of the message.
_HOP_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding", "expect"}


def forward_to(url: str) -> Application:
    """Hands every request over as it came; one connection a thread, made anew when it is gone."""
    address, connections = urlsplit(url).netloc, threading.local()

    def answer(request: HttpRequest) -> HttpResponse:
        connection = getattr(connections, "open", None) or http.client.HTTPConnection(
            address, timeout=_SECONDS
        )
        connections.open = None
        headers = {name: value for name, value in request.headers if name.lower() not in _HOP_HEADERS}
        connection.request(request.method, request.target, body=request.body, headers=headers)
        response = connection.getresponse()
        body = response.read()
        if not response.will_close:
            connections.open = connection
        kept = tuple(
            (name, value) for name, value in response.getheaders() if name.lower() not in _HOP_HEADERS
        )
        return HttpResponse(response.status, kept, body)

    return answer
