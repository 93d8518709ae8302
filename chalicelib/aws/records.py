"""Items of DynamoDB as the rules' frozen records, and back: members bear the fields' own names."""

import dataclasses
from typing import Any, TypeVar

Record = TypeVar("Record")


def to_record(record_type: type[Record], item: dict[str, Any]) -> Record:
    """The record of an item. Members that are no field (the key, purge_at) are left aside; lists
    become tuples. Raises TypeError where a field without a default is missing.
    """
    names = {field.name for field in dataclasses.fields(record_type)}  # type: ignore[arg-type]
    members = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in item.items()
        if name in names
    }
    return record_type(**members)


def to_members(record: Any) -> dict[str, Any]:
    """A record's fields as members of an item; None is left out when written."""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
