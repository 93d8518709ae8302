"""Every store over the stack's tables, whichever DynamoDB serves them (see --dynamodb)."""

import pytest

from infra.local.stack import LocalStack


@pytest.fixture(autouse=True)
def tables(stack: LocalStack) -> None:
    """The tables are there and the environment names them."""
    del stack
