"""The clients of DynamoDB, KMS and EventBridge, made once an instance; only calls.py uses them."""

import functools
import os

from chalicelib.aws.credentials import CredentialSource
from chalicelib.aws.regions import endpoint_of, region_of
from chalicelib.aws.service import Service


def connect_dynamodb() -> None:
    """Makes the DynamoDB client ahead of the first request."""
    dynamodb()


def connect_kms() -> None:
    """Makes the KMS client ahead of the first request."""
    kms()


def connect_events() -> None:
    """Makes the EventBridge client ahead of the first events."""
    events()


@functools.cache
def dynamodb() -> Service:
    """The DynamoDB client."""
    return _service("dynamodb", target="DynamoDB_20120810", version="1.0")


@functools.cache
def kms() -> Service:
    """The KMS client."""
    return _service("kms", target="TrentService", version="1.1")


@functools.cache
def events() -> Service:
    """The EventBridge client."""
    return _service("events", target="AWSEvents", version="1.1")


def _service(name: str, *, target: str, version: str) -> Service:
    return Service(
        name=name,
        target=target,
        version=version,
        region=region_of(os.environ),
        endpoint=endpoint_of(name, os.environ),
        credentials=_credentials(),
    )


@functools.cache
def _credentials() -> CredentialSource:
    return CredentialSource()
