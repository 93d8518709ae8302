"""Members of an exported record, as it is read back."""

from typing import Any, TypeVar

from chalicelib.administration.refusals import InvalidMember

Value = TypeVar("Value")


def taken(document: dict[str, Any], name: str, kind: type[Value]) -> Value:
    """A member, taken out of the document. Raises InvalidMember."""
    value = optional(document, name, kind)
    if value is None:
        raise InvalidMember(f"The member {name} is missing.")
    return value


def optional(document: dict[str, Any], name: str, kind: type[Value]) -> Value | None:
    """The same, None where it is absent. Raises InvalidMember where it is of another type."""
    value = document.pop(name, None)
    if value is not None and type(value) is not kind:
        raise InvalidMember(f"The member {name} is of another type.")
    return value
