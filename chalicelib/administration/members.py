"""Members of a JSON document as the types that records have; each raises InvalidMember, naming itself."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.administration.refusals import InvalidMember

Parse = Callable[[str, Any], Any]


def text(name: str, value: Any) -> str:
    """A string."""
    if not isinstance(value, str):
        raise InvalidMember(f"{name} is a string.", member=name)
    return value


def texts(name: str, value: Any) -> tuple[str, ...]:
    """A list of strings, none of them twice."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise InvalidMember(f"{name} is a list of strings.", member=name)
    if len(set(value)) < len(value):
        raise InvalidMember(f"{name} names something twice.", member=name)
    return tuple(value)


def words(name: str, value: Any) -> tuple[str, ...]:
    """One string of words between spaces, as RFC 7591 section 2 has scope; a list of words as well."""
    return texts(name, value.split() if isinstance(value, str) else value)


def flag(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidMember(f"{name} is true or false.", member=name)
    return value


def number(name: str, value: Any) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidMember(f"{name} is a whole number.", member=name)
    return value


def members_of(document: Mapping[str, Any], known: Mapping[str, Parse], *, kind: str) -> dict[str, Any]:
    """The document's members, parsed; one that is null stays None. Raises InvalidMember, for an unknown
    member too.
    """
    for name in document:
        if name not in known:
            raise InvalidMember(
                f"A {kind} has no member {name}. It has {', '.join(sorted(known))}.", member=name
            )
    return {name: None if value is None else known[name](name, value) for name, value in document.items()}
