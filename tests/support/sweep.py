"""Keeps the tables small: a snapshot reads every item there is, and each test leaves some behind."""

import itertools
import os

import boto3

# What nobody comes back to. People, their sessions and clients may be shared by tests.
TABLES = ("Grants", "Requests")
EVERY = 15
_BATCH = 25
_tests = itertools.count(1)


def sweep_now_and_then() -> None:
    """Called between tests; empties the tables each time some tests have passed."""
    if next(_tests) % EVERY == 0:
        for name in TABLES:
            empty(os.environ[f"{name.upper()}_TABLE"])


def empty(table: str) -> None:
    """Deletes every item of a table."""
    dynamodb = boto3.client("dynamodb")
    names = [one["AttributeName"] for one in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        deletions = [
            {"DeleteRequest": {"Key": {name: item[name] for name in names}}} for item in page["Items"]
        ]
        for start in range(0, len(deletions), _BATCH):
            dynamodb.batch_write_item(RequestItems={table: deletions[start : start + _BATCH]})
