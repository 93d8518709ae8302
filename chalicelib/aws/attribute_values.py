"""DynamoDB's typed JSON: Python values to attribute values and back.

Only what the stores keep: str, int, bool, list and dict of these. None is left out of an item.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]


def to_item(values: Mapping[str, Any]) -> Item:
    """An item of DynamoDB; members that are None are left out."""
    return {name: to_attribute(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """The values of an item. Raises TypeError for a type the stores do not keep."""
    return {
        name: _READ.get(kind, _refuse)(content)
        for name, value in item.items()
        for kind, content in value.items()
    }


def to_attribute(value: Any) -> AttributeValue:
    """One attribute value. Raises TypeError for a type the stores do not keep."""
    # A string is what most are.
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(member) for member in value]}
    if isinstance(value, Mapping):
        return {"M": to_item(value)}
    raise TypeError(f"{type(value).__name__} is not kept in DynamoDB")


def from_attribute(value: AttributeValue) -> Any:
    """One value. Raises TypeError for a type the stores do not keep."""
    ((kind, content),) = value.items()
    return _READ.get(kind, _refuse)(content)


def _as_it_is(content: Any) -> Any:
    return content


def _from_list(content: Sequence[AttributeValue]) -> list[Any]:
    return [from_attribute(member) for member in content]


def _refuse(content: Any) -> Any:
    raise TypeError(f"{type(content).__name__} is of a type that is not kept in DynamoDB")


# One look instead of a comparison with each: an item has twenty members.
_READ: dict[str, Callable[[Any], Any]] = {
    "S": _as_it_is,
    "BOOL": _as_it_is,
    "N": int,
    "M": from_item,
    "L": _from_list,
}
