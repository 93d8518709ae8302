"""The clients of DynamoDB and KMS, made once an instance; only calls.py uses them."""

import functools
from typing import Any

import botocore.session
from botocore.config import Config

# A redemption is at most three calls one after another (redeem, sign, undo), each of three tries: with these
# time-outs that stays inside a function's 29 s.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=1.5,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=10,
    parameter_validation=False,
)


def connect_dynamodb() -> None:
    """Makes the DynamoDB client ahead of the first request."""
    dynamodb()


def connect_kms() -> None:
    """Makes the KMS client ahead of the first request."""
    kms()


@functools.cache
def dynamodb() -> Any:
    """The DynamoDB client."""
    return _session().create_client("dynamodb", config=_CONFIG)


@functools.cache
def kms() -> Any:
    """The KMS client."""
    return _session().create_client("kms", config=_CONFIG)


@functools.cache
def _session() -> Any:
    # boto3's own would do the same and import a fifth more, for S3.
    return botocore.session.get_session()
