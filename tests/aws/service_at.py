"""A client of DynamoDB whose service is a script."""

import time
from collections.abc import Callable

from chalicelib.aws.credentials import CredentialSource
from chalicelib.aws.service import Service
from tests.aws.outcomes import ANY
from tests.support.scripted import ScriptedService, says

ANSWER = says({"a": 1})
NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z
NOON_DATE = "Thu, 01 Jan 2026 12:00:00 GMT"


def service_at(
    scripted: ScriptedService, *, clock: Callable[[], float] = time.time, environment: dict[str, str] = ANY
) -> Service:
    return Service(
        name="dynamodb",
        target="DynamoDB_20120810",
        content_type="application/x-amz-json-1.0",
        region="eu-west-1",
        endpoint=scripted.endpoint,
        credentials=CredentialSource(environment, clock),
        clock=clock,
    )
