"""What goes over the wire to DynamoDB: whether a request wrote anything, and what of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse
from infra.local.stack import LocalStack
from tests.support.tenant import Tenant

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
def listening(stack: LocalStack) -> Iterator[Wire]:
    """Hears the embedded DynamoDB's requests; over another the test is skipped."""
    wire = Wire()
    server = stack._dynamodb_server
    if server is None:
        pytest.skip("only the embedded DynamoDB can be listened to")
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
    """Holds that no write was even tried; where DynamoDB is not embedded, that no item changed."""
    if stack._dynamodb_server is None:
        before = Tenant().snapshot()
        yield
        assert Tenant().snapshot() == before
        return
    with listening(stack) as wire:
        yield
    assert [operation for operation, _ in wire.writes] == []
