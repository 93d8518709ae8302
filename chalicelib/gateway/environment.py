"""The function's environment, read once: the tenant's settings out of the stack's variables."""

import os
from collections.abc import Mapping
from functools import cache

from chalicelib.protocol.settings import LIMITS, Settings


@cache
def settings() -> Settings:
    """The settings of this tenant. Raises ValueError where the stack's variables are wrong."""
    return parse_settings(os.environ)


@cache
def stack_name() -> str:
    """The stack this function is of: its metrics' dimension."""
    return os.environ.get("STACK_NAME") or "none"


def parse_settings(environment: Mapping[str, str]) -> Settings:
    """Settings out of variables named like them in upper case; an empty one means the default."""
    given = {name: environment[name.upper()] for name in _NAMES if environment.get(name.upper())}
    if "issuer" not in given:
        raise ValueError("ISSUER is not set.")
    numbers = {name: _seconds(name, given[name]) for name in _LIFETIMES if name in given}
    origins = tuple(given.pop("fetch_allowed_origins", "").split())
    return Settings(**{**given, **numbers, "fetch_allowed_origins": origins})  # type: ignore[arg-type]


def _seconds(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name.upper()} must be a whole number of seconds.") from None


_LIFETIMES = tuple(name for name, _, _ in LIMITS)
_NAMES = ("issuer", "tenant_name", "default_audience", "fetch_allowed_origins", *_LIFETIMES)


def required(name: str) -> str:
    """A variable the stack gives this function: a table's name, a key's ARN. Raises ValueError."""
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is not set.")
    return value
