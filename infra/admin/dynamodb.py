"""DynamoDB by boto3, for the stores: it knows the operator's profiles, single sign-on and proxies."""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from chalicelib.aws.refusal import Refusal
from chalicelib.aws.signature import Credentials

_CONDITION = "ConditionalCheckFailedException"


class OperatorsDynamoDb:
    """Asks as chalicelib.aws.service does, and raises what botocore does but for a condition that fails."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**members)
        except ClientError as error:
            if error.response["Error"].get("Code") != _CONDITION:
                raise
            found = {"__type": _CONDITION, "Item": error.response.get("Item")}
            raise Refusal(400, found, date=None, credentials=Credentials("", "")) from None
        return answer
