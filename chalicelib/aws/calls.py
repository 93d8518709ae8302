"""The one module through which the request path talks to AWS.

Five DynamoDB operations and two of KMS, with retries, time-outs and the mapping of errors. All
else of AWS (administration, the laptop) uses boto3 where it needs it and never comes through here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.attribute_values import Item, from_item, to_item
from chalicelib.aws.connections import dynamodb, kms
from chalicelib.protocol.errors import TemporarilyUnavailable

SERVER_FAULT = 500

# What a caller can wait out. Anything else is a fault of ours (a missing permission, a wrong name).
_TRANSIENT = {
    "InternalFailure",
    "InternalServerError",
    "KMSInternalException",
    "KeyUnavailableException",
    "DependencyTimeoutException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
}


class ConditionFailed(Exception):
    """A conditional write was refused. `found` is the item as it stood then, None where there is none."""

    def __init__(self, found: dict[str, Any] | None) -> None:
        super().__init__("The condition does not hold.")
        self.found = found


def get_item(table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """The item as it stands now (a strongly consistent read), None where there is none."""
    answer = _call(dynamodb().get_item, TableName=table, Key=to_item(key), ConsistentRead=True)
    return from_item(answer["Item"]) if "Item" in answer else None


def batch_get_items(keys: Sequence[tuple[str, Mapping[str, str]]]) -> list[dict[str, Any] | None]:
    """Items of several tables in one strongly consistent read, in the order of `keys`.

    Every (table, key) must be given once. Raises TemporarilyUnavailable where DynamoDB leaves keys out.
    """
    wanted: dict[str, Any] = {}
    for table, key in keys:
        wanted.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(to_item(key))
    found: dict[str, list[dict[str, Any]]] = {}
    # Throttling shows as keys left unprocessed, not as an error: ask for these again, at most twice.
    for _ in range(3):
        answer = _call(dynamodb().batch_get_item, RequestItems=wanted)
        for table, items in answer["Responses"].items():
            found.setdefault(table, []).extend(from_item(item) for item in items)
        wanted = answer.get("UnprocessedKeys") or {}
        if not wanted:
            return [_find(found.get(table, []), key) for table, key in keys]
    raise TemporarilyUnavailable("A store is busy. Try again.", reason="aws_throttled")


def put_item(
    table: str,
    item: Mapping[str, Any],
    *,
    condition: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Writes an item; with a condition, only where it holds. Raises ConditionFailed."""
    _write(dynamodb().put_item, table, condition, values, {}, Item=to_item(item))


def update_item(
    table: str,
    key: Mapping[str, str],
    *,
    update: str,
    condition: str,
    values: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One conditional write; the item as it stands after it. Raises ConditionFailed with the item before."""
    answer = _write(
        dynamodb().update_item,
        table,
        condition,
        values,
        names or {},
        Key=to_item(key),
        UpdateExpression=update,
        ReturnValues="ALL_NEW",
    )
    return from_item(answer["Attributes"])


def delete_item(table: str, key: Mapping[str, str]) -> None:
    """Deletes an item, which need not exist."""
    _call(dynamodb().delete_item, TableName=table, Key=to_item(key))


def query_index(
    table: str, index: str, *, condition: str, values: Mapping[str, Any], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """All items of an index that meet a key condition; eventually consistent, read page by page."""
    found: list[dict[str, Any]] = []
    start: Item | None = None
    while True:
        page = {"ExclusiveStartKey": start} if start else {}
        answer = _call(
            dynamodb().query,
            TableName=table,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=dict(names),
            ExpressionAttributeValues=to_item(values),
            **page,
        )
        found.extend(from_item(item) for item in answer["Items"])
        start = answer.get("LastEvaluatedKey")
        if not start:
            return found


def kms_sign(key_id: str, message: bytes, *, message_type: str, signing_algorithm: str) -> bytes:
    """The signature of a message (RAW) or of its digest (DIGEST), as KMS encodes it."""
    answer = _call(
        kms().sign,
        KeyId=key_id,
        Message=message,
        MessageType=message_type,
        SigningAlgorithm=signing_algorithm,
    )
    return _bytes(answer, "Signature")


def kms_get_public_key(key_id: str) -> bytes:
    """The public key, DER of a SubjectPublicKeyInfo."""
    return _bytes(_call(kms().get_public_key, KeyId=key_id), "PublicKey")


def _write(
    operation: Callable[..., Any],
    table: str,
    condition: str | None,
    values: Mapping[str, Any] | None,
    names: Mapping[str, str],
    **arguments: Any,
) -> Any:
    if condition:
        arguments["ConditionExpression"] = condition
        arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if values:
        arguments["ExpressionAttributeValues"] = to_item(values)
    if names:
        arguments["ExpressionAttributeNames"] = dict(names)
    return _call(operation, TableName=table, **arguments)


def _call(operation: Callable[..., Any], **arguments: Any) -> Any:
    try:
        answer = operation(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            item = error.response.get("Item")
            raise ConditionFailed(from_item(item) if item else None) from None
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        if code in _TRANSIENT or status >= SERVER_FAULT:
            raise TemporarilyUnavailable("A store is busy. Try again.", reason="aws_throttled") from error
        if _GAVE_UP & error.response["ResponseMetadata"].keys():
            raise _no_answer() from error
        raise
    except BotoCoreError as error:
        if type(error).__name__ in _NO_ANSWER:
            raise _no_answer() from error
        raise
    # botocore does not hold an answer to its length. One that broke off is tried again, as its checksum
    # is wrong, but after the last try it passes for an empty one: for an item that is not there.
    if _GAVE_UP & answer["ResponseMetadata"].keys():
        raise _no_answer()
    return answer


def _bytes(answer: Mapping[str, Any], name: str) -> bytes:
    # KMS sends no checksum: an answer of its that broke off lacks what it is for.
    value = answer.get(name)
    if not isinstance(value, bytes):
        raise _no_answer()
    return value


def _no_answer() -> TemporarilyUnavailable:
    return TemporarilyUnavailable("A store did not answer. Try again.", reason="aws_timeout")


_GAVE_UP = {"MaxAttemptsReached", "RetryQuotaReached"}


_NO_ANSWER = {
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "EndpointConnectionError",
    "HTTPClientError",
    "ReadTimeoutError",
    "SSLError",
    "ResponseStreamingError",
}


def _find(items: list[dict[str, Any]], key: Mapping[str, str]) -> dict[str, Any] | None:
    return next((item for item in items if all(item.get(k) == v for k, v in key.items())), None)
