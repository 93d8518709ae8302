"""The same stack under other variables: as after a deployment that changed them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.local.stack import _forget

_deployed: list[bool] = []


def skip_where_deployed() -> None:
    """Skips the test where the functions run in processes, and so in an environment, of their own."""
    if _deployed:
        pytest.skip("--stack: the functions' environment is not this process's")


def set_deployed() -> None:
    """Says that this run is against the stack as deployed."""
    _deployed.append(True)


@contextmanager
def changed_environment(**variables: str) -> Iterator[None]:
    """The functions start anew with these variables, and anew without them at the end."""
    skip_where_deployed()
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    _forget()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _forget()
