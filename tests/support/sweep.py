"""Keeps the tables small: a snapshot reads every item there is, and each test leaves some behind."""

import itertools
import os
from collections.abc import Iterable
from typing import Any

import boto3

# What nobody comes back to. Sessions may be shared by tests; people and clients go with the test they were
# made for.
TABLES = ("Grants", "Requests")
EVERY = 15
_BATCH = 25
_tests = itertools.count(1)
_litter: list[tuple[str, str]] = []


def sweep_away(made: Iterable[tuple[str, str]]) -> None:
    """Called after a test with the records, by table and `id`, that go when it is swept next."""
    _litter.extend(made)


def sweep_now_and_then() -> None:
    """Called between tests; empties the tables each time some tests have passed."""
    if next(_tests) % EVERY == 0:
        dynamodb = boto3.client("dynamodb")
        for name in TABLES:
            empty(dynamodb, os.environ[f"{name.upper()}_TABLE"])
        for table in {table for table, _ in _litter}:
            names = sorted({name for where, name in _litter if where == table})
            _delete(dynamodb, table, [{"id": {"S": name}} for name in names])
        _litter.clear()


def empty(dynamodb: Any, table: str) -> None:
    """Deletes every item of a table."""
    names = [one["AttributeName"] for one in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        _delete(dynamodb, table, [{name: item[name] for name in names} for item in page["Items"]])


def _delete(dynamodb: Any, table: str, keys: list[dict[str, Any]]) -> None:
    deletions = [{"DeleteRequest": {"Key": key}} for key in keys]
    for start in range(0, len(deletions), _BATCH):
        dynamodb.batch_write_item(RequestItems={table: deletions[start : start + _BATCH]})
