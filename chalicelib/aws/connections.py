"""The clients of AWS's services, made once an instance; only calls.py uses them."""

import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

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


def connect_lambda() -> None:
    """Makes the Lambda client ahead of the first request."""
    lambda_functions()


class Calls(Protocol):
    """A service, as calls.py asks it: Service does, and so may another client on an operator's machine."""

    def call(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]: ...


_others: list[Calls] = []


@contextmanager
def dynamodb_through(other: Calls) -> Iterator[None]:
    """While it lasts, DynamoDB is asked through another client: one that knows an operator's profiles,
    single sign-on and proxies, which no function has.
    """
    _others.append(other)
    try:
        yield
    finally:
        _others.remove(other)


def dynamodb() -> Calls:
    """The DynamoDB client."""
    return _others[-1] if _others else _dynamodb()


@functools.cache
def _dynamodb() -> Service:
    return _service("dynamodb", target="DynamoDB_20120810", content_type="application/x-amz-json-1.0")


@functools.cache
def kms() -> Service:
    """The KMS client."""
    return _service("kms", target="TrentService", content_type="application/x-amz-json-1.1")


@functools.cache
def events() -> Service:
    """The EventBridge client."""
    return _service("events", target="AWSEvents", content_type="application/x-amz-json-1.1")


@functools.cache
def secrets_manager() -> Service:
    """The Secrets Manager client."""
    return _service("secretsmanager", target="secretsmanager", content_type="application/x-amz-json-1.1")


@functools.cache
def lambda_functions() -> Service:
    """The Lambda client."""
    return _service("lambda", target="", content_type="application/json")


@functools.cache
def scheduler() -> Service:
    """The EventBridge Scheduler client."""
    return _service("scheduler", target="", content_type="application/json")


def _service(name: str, *, target: str, content_type: str) -> Service:
    return Service(
        name=name,
        target=target,
        content_type=content_type,
        region=region_of(os.environ),
        endpoint=endpoint_of(name, os.environ),
        credentials=_credentials(),
    )


@functools.cache
def _credentials() -> CredentialSource:
    return CredentialSource()
