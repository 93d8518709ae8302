"""The same stack under other variables: as after a deployment that changed them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from infra.local.stack import _forget


@contextmanager
def changed_environment(**variables: str) -> Iterator[None]:
    """The functions start anew with these variables, and anew without them at the end."""
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
