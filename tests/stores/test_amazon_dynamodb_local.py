"""This suite once more over Amazon DynamoDB Local, where it is here, and its races in full: the embedded one
takes some words and expressions that DynamoDB refuses, and one request at a time.
"""

from pathlib import Path

import pytest

from tests.support.dynamodb_local.run import run, why_not
from tests.support.tools import missing


def test_every_store_holds_over_amazon_dynamodb_local(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--dynamodb"):
        pytest.skip("this is it")
    reason = why_not()
    if reason:
        missing(reason)
    suite = [str(Path(__file__).parent), "--many-races", "--quiet", "-p", "no:cacheprovider", "-p", "no:cov"]
    assert run(suite) == 0
