"""What goes over the wire to DynamoDB: whether a request wrote anything, and what of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from infra.enforcement.forwarding import Forwarder
from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse, LoopbackServer
from infra.local.stack import LocalStack

_fronts: list[LoopbackServer] = []

COUNT = b'"client_attempts#'
READS = {"GetItem", "BatchGetItem", "Query", "Scan", "DescribeTable"}


@dataclass
class Wire:
    """The operations seen, each with its body."""

    seen: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def writes(self) -> list[tuple[str, bytes]]:
        return [(operation, body) for operation, body in self.seen if operation not in READS]

    def note(self, request: HttpRequest) -> None:
        self.seen.append(((request.header("x-amz-target") or "").rpartition(".")[2], request.body))


@contextmanager
def fronted(url: str) -> Iterator[str]:
    """An address at which a DynamoDB that runs elsewhere can be listened to as well."""
    with closing(LoopbackServer()) as server, closing(Forwarder(url)) as forwarder:
        server.start(forwarder)
        _fronts.append(server)
        yield f"http://127.0.0.1:{server.port}"
        _fronts.remove(server)


@contextmanager
def listening(stack: LocalStack) -> Iterator[Wire]:
    """Hears DynamoDB's requests, the embedded one's or those through the front."""
    wire = Wire()
    server = stack._dynamodb_server or _fronts[-1]
    applications = {listener: listener.application for listener in server._listeners}

    def tapped(application: Application) -> Application:
        def tap(request: HttpRequest) -> HttpResponse:
            wire.note(request)
            return application(request)

        return tap

    for listener, application in applications.items():
        listener.application = tapped(application)
    try:
        yield wire
    finally:
        for listener, application in applications.items():
            listener.application = application


@contextmanager
def nothing_written(stack: LocalStack) -> Iterator[None]:
    """Holds that no write was even tried, but for the count of who fails to authenticate."""
    with listening(stack) as wire:
        yield
    assert [operation for operation, body in wire.writes if COUNT not in body] == []
