"""The function's environment, read once: the tenant's settings out of the stack's variables."""

import os
from collections.abc import Mapping
from functools import cache

from chalicelib.protocol.settings import LIMITS, REGISTRATION_COUNTS, SWITCHES, Settings


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
    numbers = {name: _number(name, given[name]) for name in _NUMBERS if name in given}
    lists = {name: tuple(given[name].replace(",", " ").split()) for name in _LISTS if name in given}
    switches = {name: _switch(name, given[name]) for name in _SWITCHES if name in given}
    return Settings(**{**given, **numbers, **lists, **switches})  # type: ignore[arg-type]


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name.upper()} must be a whole number.") from None


def _switch(name: str, text: str) -> bool:
    if text not in {"on", "off"}:
        raise ValueError(f"{name.upper()} must be on or off.")
    return text == "on"


_NUMBERS = (*(name for name, _, _ in LIMITS), *REGISTRATION_COUNTS)
_LISTS = (
    "client_id_metadata_allowed_domains",
    "client_id_metadata_denied_domains",
    "fetch_allowed_origins",
)
_SWITCHES = ("client_id_metadata_documents", *SWITCHES)
_TEXTS = (
    "issuer",
    "tenant_name",
    "default_language",
    "default_audience",
    "dynamic_registration",
    "policy_hook",
    "policy_hook_failure",
)
_NAMES = (*_TEXTS, *_LISTS, *_SWITCHES, *_NUMBERS)


def required(name: str) -> str:
    """A variable the stack gives this function: a table's name, a key's ARN. Raises ValueError."""
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is not set.")
    return value
