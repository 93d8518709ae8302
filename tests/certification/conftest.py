"""Relying parties, each registered for one test, at an address nobody else registers from."""

import itertools
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from infra.local.stack import LocalStack
from tests.certification.relying_party import RelyingParty
from tests.support.browser import Browser
from tests.support.http import Caller, HttpTransport, LambdaTransport
from tests.support.tenant import Person, Tenant

_numbers = itertools.count(1)


class Parties(Protocol):
    """Makes relying parties, all before one browser and person unless others are given."""

    def __call__(
        self,
        response_type: str = "code",
        response_mode: str | None = None,
        *,
        browser: Browser | None = None,
        person: Person | None = None,
        **registration: Any,
    ) -> RelyingParty: ...


@pytest.fixture
def source(stack: LocalStack, request: pytest.FixtureRequest) -> Callable[[], Caller]:
    """Callers at addresses of their own: registrations count by source."""
    over_http = request.config.getoption("--transport") == "http" or request.config.getoption("--stack")

    def new() -> Caller:
        high, low = divmod(next(_numbers), 250)
        if over_http:
            return Caller(HttpTransport(stack.issuer, f"127.3.{high}.{low + 1}"))
        return Caller(LambdaTransport(stack, f"198.18.{high}.{low + 1}"))

    return new


@pytest.fixture
def party(source: Callable[[], Caller], browser: Browser, tenant: Tenant) -> Parties:
    someone = tenant.person()

    def new(
        response_type: str = "code",
        response_mode: str | None = None,
        *,
        browser: Browser | None = browser,
        person: Person | None = None,
        **registration: Any,
    ) -> RelyingParty:
        assert browser is not None
        caller = source()
        return RelyingParty(
            caller,
            browser,
            person or someone,
            response_type=response_type,
            response_mode=response_mode,
            registration=registration,
        )

    return new
