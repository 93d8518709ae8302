"""A function that runs out of time says so, and undoes what it began, before Lambda ends it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import pytest

from infra.local.resources import Template
from infra.local.stack import LambdaContext, LocalStack
from tests.support.faults import Aws
from tests.support.http import Caller, LambdaTransport
from tests.support.refusal import assert_json_error
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit


@dataclass
class ShortOfTime:
    """The stack, whose functions are told that they have so many seconds."""

    issuer: str
    template: Template
    seconds: float = 15.0

    def invoke(self, endpoint: str, event: Mapping[str, Any]) -> Any:
        module = import_module(f"chalicelib.endpoints.{endpoint}")
        return module.handler(dict(event), LambdaContext("x", deadline=time.monotonic() + self.seconds))

    @contextmanager
    def having(self, seconds: float) -> Iterator[None]:
        """A request meanwhile is answered within so many seconds."""
        self.seconds, before = seconds, self.seconds
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds = before
        assert time.monotonic() - started < seconds


@pytest.fixture
def short(aws: Aws, stack: LocalStack) -> ShortOfTime:
    del aws
    return ShortOfTime(stack.issuer, stack.template)


@pytest.fixture
def here(short: ShortOfTime, tenant: Tenant) -> Visit:
    return visit(Caller(LambdaTransport(cast("LocalStack", short))), tenant)


@pytest.mark.parametrize("seconds", [2.0, 3.0, 4.0])
def test_a_silent_store_is_told_in_time(aws: Aws, short: ShortOfTime, here: Visit, seconds: float) -> None:
    code = here.code()
    with aws.dynamodb.failing("silent"), short.having(seconds):
        answer = here.app.redeem(code)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert here.app.redeem(code).status == 200


@pytest.mark.parametrize("seconds", [2.5, 4.0])
def test_after_silent_keys_there_is_time_to_undo(
    aws: Aws, short: ShortOfTime, here: Visit, seconds: float
) -> None:
    code = here.code()
    before = here.grant(code)
    with aws.kms.failing("silent", "Sign"), short.having(seconds):
        answer = here.app.redeem(code)
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert here.grant(code) == before
    assert here.app.redeem(code).status == 200


def test_a_function_without_any_time_left_asks_nobody(aws: Aws, short: ShortOfTime, here: Visit) -> None:
    code = here.code()
    before = len(aws.dynamodb.calls)
    short.seconds = 0.2
    assert_json_error(here.app.redeem(code), "temporarily_unavailable", status=503)
    short.seconds = 15.0
    assert len(aws.dynamodb.calls) == before
    assert here.app.redeem(code).status == 200
