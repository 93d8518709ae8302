"""The one module through which the request path talks to AWS.

Operations of DynamoDB, KMS and EventBridge over a small client of our own (service.py), and the mapping of
errors: botocore would be nearly the whole cost of a start and of a request. All else of AWS
(administration, the laptop) uses boto3 where it needs it and never comes through here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.aws.attribute_values import Item, from_item, to_item
from chalicelib.aws.connections import Calls, dynamodb, events, secrets_manager
from chalicelib.aws.http_connections import NoAnswer
from chalicelib.aws.refusal import CONDITION_FAILED, Refusal
from chalicelib.aws.service import Service
from chalicelib.call_record import call_record
from chalicelib.protocol.errors import TemporarilyUnavailable


class ConditionFailed(Exception):
    """A conditional write was refused. `found` is the item as it stood then, None where there is none."""

    def __init__(self, found: dict[str, Any] | None) -> None:
        super().__init__("The condition does not hold.")
        self.found = found


def get_item(table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """The item as it stands now (a strongly consistent read), None where there is none."""
    answer = call(dynamodb(), "GetItem", TableName=table, Key=to_item(key), ConsistentRead=True)
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
        answer = call(dynamodb(), "BatchGetItem", RequestItems=wanted)
        for table, items in answer["Responses"].items():
            found.setdefault(table, []).extend(from_item(item) for item in items)
        wanted = answer.get("UnprocessedKeys") or {}
        if wanted:
            call_record().throttled.append("dynamodb")
        else:
            return [_find(found.get(table, []), key) for table, key in keys]
    raise TemporarilyUnavailable("A store is busy. Try again.", reason="aws_throttled")


def put_item(
    table: str,
    item: Mapping[str, Any],
    *,
    condition: str | None = None,
    values: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Writes an item; with a condition, only where it holds. Raises ConditionFailed."""
    _write("PutItem", table, condition, values, names or {}, Item=to_item(item))


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
        "UpdateItem",
        table,
        condition,
        values,
        names or {},
        Key=to_item(key),
        UpdateExpression=update,
        ReturnValues="ALL_NEW",
    )
    return from_item(answer["Attributes"])


def delete_item(
    table: str,
    key: Mapping[str, str],
    *,
    condition: str | None = None,
    values: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Deletes an item, which need not exist; with a condition, where it holds. Raises ConditionFailed."""
    _write("DeleteItem", table, condition, values, names or {}, Key=to_item(key))


def scan(
    table: str,
    *,
    condition: str,
    values: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
) -> Iterator[dict[str, Any]]:
    """All items that meet a condition, in the table's own order, those after a key; strongly consistent, each
    page read when it is come to.
    """
    start: Item | None = to_item(after) if after else None
    while True:
        answer = call(
            dynamodb(),
            "Scan",
            TableName=table,
            ConsistentRead=True,
            FilterExpression=condition,
            ExpressionAttributeValues=to_item(values),
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
            **({"ExclusiveStartKey": start} if start else {}),
        )
        yield from map(from_item, answer["Items"])
        start = answer.get("LastEvaluatedKey")
        if not start:
            return


def query_index(
    table: str, index: str, *, condition: str, values: Mapping[str, Any], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """All items of an index that meet a key condition; eventually consistent, read page by page."""
    found: list[dict[str, Any]] = []
    start: Item | None = None
    while True:
        page = {"ExclusiveStartKey": start} if start else {}
        answer = call(
            dynamodb(),
            "Query",
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


def put_events(entries: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Puts entries on their event bus, ten at most: for each None, or the code of its error."""
    answer = call(events(), "PutEvents", Entries=list(entries))
    return [entry.get("ErrorCode") for entry in answer["Entries"]]


def secret_operation(operation: str, **members: Any) -> dict[str, Any]:
    """The answer of Secrets Manager. Raises Refusal for what it refuses, by its code."""
    return call(secrets_manager(), operation, **members)


def call(service: Calls, operation: str, **members: Any) -> dict[str, Any]:
    """One call. Raises ConditionFailed, TemporarilyUnavailable, and Refusal for what cannot be waited out."""
    return _answer(lambda: service.call(operation, members))


def call_once(service: Service, operation: str, **members: Any) -> dict[str, Any]:
    """The same for what a second attempt could do a second time."""
    return _answer(lambda: service.call(operation, members, once=True))


def _answer(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except NoAnswer as error:
        raise no_answer() from error
    except Refusal as refusal:
        if refusal.code == CONDITION_FAILED:
            item = refusal.members.get("Item")
            raise ConditionFailed(from_item(item) if item else None) from None
        if refusal.transient:
            raise TemporarilyUnavailable("A store is busy. Try again.", reason="aws_throttled") from refusal
        raise


def no_answer() -> TemporarilyUnavailable:
    """That a service did not answer, to be raised."""
    return TemporarilyUnavailable("A store did not answer. Try again.", reason="aws_timeout")


def _write(
    operation: str,
    table: str,
    condition: str | None,
    values: Mapping[str, Any] | None,
    names: Mapping[str, str],
    **members: Any,
) -> dict[str, Any]:
    if condition:
        members["ConditionExpression"] = condition
        members["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if values:
        members["ExpressionAttributeValues"] = to_item(values)
    if names:
        members["ExpressionAttributeNames"] = dict(names)
    return call(dynamodb(), operation, TableName=table, **members)


def _find(items: list[dict[str, Any]], key: Mapping[str, str]) -> dict[str, Any] | None:
    return next((item for item in items if key.items() <= item.items()), None)
