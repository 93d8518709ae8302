"""The types of authorization details a resource server understands, each with a JSON Schema: RFC 9396
sections 2 and 9. They are recorded; no request with authorization_details is served yet.

The schemas are of an operator's making and will meet what anybody sends, so of JSON Schema (draft 2020-12)
they may have what takes bounded time: no `pattern`, no `$ref`, no combinations, whole numbers alone.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

MAX_TYPES = 20
MAX_DEPTH = 8
MAX_SCHEMAS = 200
MAX_VALUES = 100
MAX_TEXT = 500

_TYPE_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,200}")
_TYPES = ("array", "boolean", "integer", "null", "object", "string")
# RFC 9396 section 2: every authorization details object has it, and says by it which schema is its own.
_TYPE = "type"


def check_authorization_details_types(types: Mapping[str, Any]) -> None:
    """Raises ValueError, with a sentence for the resource server's operator."""
    if len(types) > MAX_TYPES:
        raise ValueError(f"authorization_details_types are {MAX_TYPES} at most.")
    for name, schema in types.items():
        if not _TYPE_NAME.fullmatch(name):
            raise ValueError(
                "authorization_details_types: a type is one word of printable ASCII, as in RFC 9396."
            )
        where = f"authorization_details_types: {name}"
        left = _Left(MAX_SCHEMAS)
        _check_schema(schema, where, depth=MAX_DEPTH, left=left)
        if schema.get("type") != "object":
            raise ValueError(f"{where}: the schema's type is object.")
        if _TYPE in schema.get("properties", {}):
            raise ValueError(f"{where}: the member type is RFC 9396's own and stands in no schema.")


class _Left:
    """How many more schemas there may be, one within the other or side by side."""

    def __init__(self, number: int) -> None:
        self.number = number


def _check_schema(schema: Any, where: str, *, depth: int, left: _Left) -> None:
    left.number -= 1
    if depth == 0 or left.number < 0:
        raise ValueError(f"{where}: the schema is too deep or too long.")
    if not isinstance(schema, dict):
        raise ValueError(f"{where}: a schema is an object.")  # noqa: TRY004 - as all it raises
    for keyword, value in schema.items():
        at = f"{where}: {keyword}"
        if keyword in _WITHIN:
            _check_within(keyword, value, at, depth=depth - 1, left=left)
        elif keyword not in _KEYWORDS:
            raise ValueError(f"{at} is none of the keywords a schema may have here.")
        elif not _KEYWORDS[keyword](value):
            raise ValueError(f"{at} has a value it can't have.")


def _check_within(keyword: str, value: Any, at: str, *, depth: int, left: _Left) -> None:
    """The schemas within one: of its properties, its items, and its additional properties."""
    if keyword == "properties":
        if not isinstance(value, dict):
            raise ValueError(f"{at} is an object of schemas.")
        for name, schema in value.items():
            _check_schema(schema, f"{at}.{name[:MAX_TEXT]}", depth=depth, left=left)
    elif not isinstance(value, bool):
        _check_schema(value, at, depth=depth, left=left)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_scalar(value: Any) -> bool:
    return _is_text(value) or isinstance(value, int)


def _is_type(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(one in _TYPES for one in value) and len(set(value)) == len(value)
    return value in _TYPES


def _are_texts(value: Any) -> bool:
    return _are_values(value, _is_text)


def _are_scalars(value: Any) -> bool:
    return bool(value) and _are_values(value, _is_scalar)


def _are_values(value: Any, is_one: Callable[[Any], bool]) -> bool:
    if not isinstance(value, list) or len(value) > MAX_VALUES or not all(map(is_one, value)):
        return False
    # 1 and true are equal to Python and two values to JSON.
    return len({(type(one), one) for one in value}) == len(value)


_WITHIN = ("properties", "items", "additionalProperties")
_KEYWORDS: dict[str, Callable[[Any], bool]] = {
    "type": _is_type,
    "title": _is_text,
    "description": _is_text,
    "required": _are_texts,
    "enum": _are_scalars,
    "const": _is_scalar,
    "minLength": _is_count,
    "maxLength": _is_count,
    "minimum": _is_number,
    "maximum": _is_number,
    "minItems": _is_count,
    "maxItems": _is_count,
    "uniqueItems": _is_flag,
    "minProperties": _is_count,
    "maxProperties": _is_count,
}
