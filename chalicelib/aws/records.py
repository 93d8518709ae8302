"""Items of DynamoDB as the rules' records, and back: members bear the fields' own names."""

from typing import Any, TypeVar

from chalicelib.record import Record, members_of

AnyRecord = TypeVar("AnyRecord", bound=Record)


def to_record(record_type: type[AnyRecord], item: dict[str, Any]) -> AnyRecord:
    """The record of an item. Members that are no field (the key, purge_at) are left aside; lists
    become tuples. Raises TypeError where a field without a default is missing.
    """
    known = members_of(record_type)
    members = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in item.items()
        if name in known
    }
    return record_type(**members)


def to_members(record: Record) -> dict[str, Any]:
    """A record's fields as members of an item; None is left out when written."""
    return dict(vars(record))
