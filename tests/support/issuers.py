"""The same stack under another issuer, as when a tenant has a domain of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from infra.local.stack import LocalStack, _forget
from tests.support.environment import skip_where_deployed
from tests.support.http import Caller, LambdaTransport


@dataclass
class NamedTransport(LambdaTransport):
    """To the handlers, at an issuer that is not the local gateway's."""

    name: str = ""

    @property
    def issuer(self) -> str:
        return self.name


@contextmanager
def issuer(stack: LocalStack, name: str) -> Iterator[Caller]:
    """Calls the stack as `name`: the functions start anew with that ISSUER, and afterwards with their own."""
    skip_where_deployed()
    before = os.environ["ISSUER"]
    os.environ["ISSUER"] = name
    _forget()
    try:
        yield Caller(NamedTransport(stack, name=name))
    finally:
        os.environ["ISSUER"] = before
        _forget()
