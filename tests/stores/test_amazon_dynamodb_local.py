"""This suite once more over Amazon DynamoDB Local, where it is here: moto takes some words and
expressions that DynamoDB refuses.
"""

from pathlib import Path

import pytest

from tests.support import dynamodb_local


def test_every_store_holds_over_amazon_dynamodb_local(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--dynamodb"):
        pytest.skip("this is it")
    missing = dynamodb_local.why_not()
    if missing:
        pytest.skip(missing)
    assert (
        dynamodb_local.run([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider", "-p", "no:cov"]) == 0
    )
