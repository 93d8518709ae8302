"""What a refused request leaves as it was: every item of every table a function may write to."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

TABLES = ("USERS_TABLE", "SESSIONS_TABLE", "GRANTS_TABLE", "REQUESTS_TABLE")


@contextmanager
def unchanged() -> Iterator[None]:
    """Nothing is written meanwhile, wherever the tables are."""
    before = _items()
    yield
    assert _items() == before


def _items() -> list[list[dict[str, Any]]]:
    client = _client(os.environ.get("AWS_ENDPOINT_URL_DYNAMODB", ""))
    scan = client.get_paginator("scan")
    found = []
    for name in TABLES:
        pages = scan.paginate(TableName=os.environ[name], ConsistentRead=True)
        found.append(sorted((item for page in pages for item in page["Items"]), key=repr))
    return found


@functools.cache
def _client(endpoint: str) -> Any:
    del endpoint
    return boto3.client("dynamodb")
