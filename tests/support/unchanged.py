"""What a refused request leaves as it was: every item of every table a function may write to, but for the
count of those that failed to authenticate.
"""

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
        items = [item for page in pages for item in page["Items"] if not _is_count(item)]
        found.append(sorted(items, key=repr))
    return found


def _is_count(item: dict[str, Any]) -> bool:
    return str(item.get("id", {}).get("S", "")).startswith("client_attempts#")


@functools.cache
def _client(endpoint: str) -> Any:
    del endpoint
    return boto3.client("dynamodb")
