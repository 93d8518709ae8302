"""DynamoDB's typed JSON: Python values to attribute values and back.

Only what the stores keep: str, int, bool, list and dict of these. None is left out of an item.
"""

from collections.abc import Mapping
from typing import Any

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]


def to_item(values: Mapping[str, Any]) -> Item:
    """An item of DynamoDB; members that are None are left out."""
    return {name: to_attribute(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """The values of an item."""
    return {name: from_attribute(value) for name, value in item.items()}


def to_attribute(value: Any) -> AttributeValue:
    """One attribute value. Raises TypeError for a type the stores do not keep."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case Mapping():
            return {"M": to_item(value)}
        case list() | tuple():
            return {"L": [to_attribute(member) for member in value]}
        case _:
            raise TypeError(f"{type(value).__name__} is not kept in DynamoDB")


def from_attribute(value: AttributeValue) -> Any:
    """One value. Raises TypeError for a type the stores do not keep."""
    ((kind, content),) = value.items()
    match kind:
        case "S" | "BOOL":
            return content
        case "N":
            return int(content)
        case "M":
            return from_item(content)
        case "L":
            return [from_attribute(member) for member in content]
        case _:
            raise TypeError(f"{kind} is not kept in DynamoDB")
