"""The embedded KMS by itself."""

import contextlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.local.http_server import LoopbackServer
from infra.local.kms import EmbeddedKms


@pytest.fixture(scope="module")
def kms() -> Iterator[Any]:
    """A client of it, made for one file of tests."""
    with contextlib.closing(LoopbackServer().start(EmbeddedKms())) as server:
        client = boto3.client(
            "kms",
            endpoint_url=f"http://127.0.0.1:{server.port}",
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        yield client
        client.close()
