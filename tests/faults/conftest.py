"""The stack with services that can fail, on a real socket between the functions and them."""

from collections.abc import Iterator

import pytest

from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.faults import Aws, FaultyService


@pytest.fixture(scope="module")
def aws(stack: LocalStack) -> Iterator[Aws]:
    """The functions start anew and call these from now on, as do the tests' own tables."""
    dynamodb = FaultyService(stack.dynamodb_endpoint, "ProvisionedThroughputExceededException")
    with (
        dynamodb,
        FaultyService(stack.kms_endpoint) as kms,
        changed_environment(AWS_ENDPOINT_URL_DYNAMODB=dynamodb.endpoint, AWS_ENDPOINT_URL_KMS=kms.endpoint),
    ):
        yield Aws(dynamodb, kms)
