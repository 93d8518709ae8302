"""Items of DynamoDB as the rules' frozen, slotted records, and back: members bear the fields' own names."""

from typing import Any, TypeVar

Record = TypeVar("Record")


def to_record(record_type: type[Record], item: dict[str, Any]) -> Record:
    """The record of an item. Members that are no field (the key, purge_at) are left aside; lists
    become tuples. Raises TypeError where a field without a default is missing.
    """
    names: tuple[str, ...] = record_type.__slots__  # type: ignore[attr-defined]
    members = {
        name: tuple(item[name]) if isinstance(item[name], list) else item[name]
        for name in names
        if name in item
    }
    return record_type(**members)


def to_members(record: Any) -> dict[str, Any]:
    """A record's fields as members of an item; None is left out when written."""
    return {name: getattr(record, name) for name in record.__slots__}
