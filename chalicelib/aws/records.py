"""Items of DynamoDB as the rules' records, and back: members bear the fields' own names."""

from typing import Any, TypeVar

from chalicelib.record import Record, defaults_of, members_of

# What a member is by default that is made anew for each record.
_EMPTY: dict[str, Any] = {}

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


def to_set_members(record: Record) -> dict[str, Any]:
    """The same without those that are as they are by default, or empty: of a record with many members of
    which most have few.
    """
    defaults = defaults_of(type(record))
    return {name: value for name, value in to_members(record).items() if value != defaults.get(name, _EMPTY)}
