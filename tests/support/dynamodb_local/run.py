"""Pytest inside a namespace, each of its processes with an Amazon DynamoDB Local."""

import sys

from tests.support.deployed import prepare_stack
from tests.support.dynamodb_local.namespace import enter, why_no_namespace
from tests.support.dynamodb_local.package import why_no_package


def why_not() -> str | None:
    """What is missing for it here, None where nothing is."""
    return why_no_package() or why_no_namespace()


def run(arguments: list[str]) -> int:
    """Runs pytest with these arguments. Returns its exit code. Raises pytest.UsageError."""
    if "--stack" in arguments:
        prepare_stack()  # out here there is a network to build the package by
    return enter([sys.executable, "-m", "tests.support.dynamodb_local", *arguments])
