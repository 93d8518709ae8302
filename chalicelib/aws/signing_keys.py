"""The record of the signing keys: one item of the Clients table, as it has to outlive the stack.

Key: `signing_keys#current`, attribute `id`. Only the key rotation writes it (aws/key_set.py).
"""

from typing import Any

from chalicelib.aws.calls import get_item
from chalicelib.aws.records import to_record
from chalicelib.protocol.signing_keys import SigningKey

ITEM_ID = "signing_keys#current"


def read_signing_keys(table: str) -> tuple[SigningKey, ...]:
    """The keys; none where there is no record yet."""
    item = read_item(table)
    return keys_of(item) if item else ()


def read_item(table: str) -> dict[str, Any] | None:
    """The whole record, None where there is none yet."""
    return get_item(table, {"id": ITEM_ID})


def keys_of(item: dict[str, Any]) -> tuple[SigningKey, ...]:
    """The keys of a record."""
    return tuple(to_record(SigningKey, one) for one in item["keys"])
