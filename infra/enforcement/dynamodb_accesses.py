"""What a request to DynamoDB touches: which items, by their partition keys, of which table or index.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB". A batch is
one access a table, a transaction one for each of its parts.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.resources import Table
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"
_LEADING_KEYS = "dynamodb:LeadingKeys"
_TRANSACTED = {
    "Put": ("dynamodb:PutItem", "Item"),
    "Update": ("dynamodb:UpdateItem", "Key"),
    "Delete": ("dynamodb:DeleteItem", "Key"),
    "ConditionCheck": ("dynamodb:ConditionCheckItem", "Key"),
    "Get": ("dynamodb:GetItem", "Key"),
}
_EQUALITY = re.compile(r"(?<![\w.#:-])(?P<name>#?[\w.-]+)\s*=\s*(?P<value>:\w+)")

# A name in an expression: no value, no function, no member of a map.
_NAME = re.compile(r"(?<![\w:.#])(?P<name>#?[A-Za-z_]\w*)(?!\w|\s*\()")
_WORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"}

Body = Mapping[str, Any]


class DynamoDbAccesses:
    """Reads requests against a template's tables."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = {table.name: table for table in tables}
        self._operations: dict[str, Callable[[Body], list[Access]]] = {
            "GetItem": lambda body: [self._item("dynamodb:GetItem", body, "Key")],
            "PutItem": lambda body: [self._item("dynamodb:PutItem", body, "Item")],
            "UpdateItem": lambda body: [
                self._item("dynamodb:UpdateItem", body, "Key", Attributes=updated_attributes(body))
            ],
            "DeleteItem": lambda body: [self._item("dynamodb:DeleteItem", body, "Key")],
            "BatchGetItem": self._batch_get_item,
            "BatchWriteItem": self._batch_write_item,
            "TransactGetItems": lambda body: self._transaction("TransactGetItems", body),
            "TransactWriteItems": lambda body: self._transaction("TransactWriteItems", body),
            "Query": self._query,
            "Scan": self._scan,
        }

    def __call__(self, operation: str, body: Body) -> list[Access]:
        """What the operation touches. Raises UnknownAccessError for what cannot be told."""
        if operation not in self._operations:
            raise UnknownAccessError(f"what {operation} touches")
        try:
            accesses = self._operations[operation](body)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UnknownAccessError(f"a {operation} of this shape") from None
        if not accesses:
            raise UnknownAccessError(f"a {operation} of nothing")
        return accesses

    def _item(self, action: str, body: Body, member: str, **context: tuple[str, ...]) -> Access:
        table = self._table(body["TableName"])
        given = {"dynamodb:ReturnValues": (body["ReturnValues"],)} if "ReturnValues" in body else {}
        keys = (_key_text(body[member][_partition_key(table.arguments["KeySchema"])]),)
        enclosing = {f"dynamodb:{name}": value for name, value in context.items()}
        return Access(action, _ARN + table.name, {_LEADING_KEYS: keys, **given, **enclosing})

    def _batch_get_item(self, body: Body) -> list[Access]:
        return [
            self._several("dynamodb:BatchGetItem", name, one["Keys"])
            for name, one in body["RequestItems"].items()
        ]

    def _batch_write_item(self, body: Body) -> list[Access]:
        def written(request: Body) -> Body:
            ((kind, argument),) = request.items()
            item: Body = argument[{"PutRequest": "Item", "DeleteRequest": "Key"}[kind]]
            return item

        return [
            self._several("dynamodb:BatchWriteItem", name, list(map(written, requests)))
            for name, requests in body["RequestItems"].items()
        ]

    def _several(self, action: str, name: str, items: list[Body]) -> Access:
        table = self._table(name)
        partition_key = _partition_key(table.arguments["KeySchema"])
        if not items:
            raise ValueError(name)
        keys = tuple(_key_text(item[partition_key]) for item in items)
        return Access(action, _ARN + table.name, {_LEADING_KEYS: keys})

    def _transaction(self, operation: str, body: Body) -> list[Access]:
        accesses = []
        for part in body["TransactItems"]:
            ((kind, argument),) = part.items()
            action, member = _TRANSACTED[kind]
            if (kind == "Get") is not (operation == "TransactGetItems"):
                raise ValueError(kind)
            reached = {"Attributes": updated_attributes(argument)} if kind == "Update" else {}
            accesses.append(self._item(action, argument, member, EnclosingOperation=(operation,), **reached))
        return accesses

    def _query(self, body: Body) -> list[Access]:
        resource, schema = self._target(body)
        given = {"dynamodb:Select": (body["Select"],)} if "Select" in body else {}
        key = _queried_key(body, _partition_key(schema))
        return [Access("dynamodb:Query", resource, {_LEADING_KEYS: (key,), **given})]

    def _scan(self, body: Body) -> list[Access]:
        # A scan names no key. That lets a condition on ForAllValues hold, in AWS and here.
        return [Access("dynamodb:Scan", self._target(body)[0])]

    def _target(self, body: Body) -> tuple[str, Any]:
        table = self._table(body["TableName"])
        if "IndexName" not in body:
            return _ARN + table.name, table.arguments["KeySchema"]
        indexes = [
            *table.arguments.get("GlobalSecondaryIndexes", ()),
            *table.arguments.get("LocalSecondaryIndexes", ()),
        ]
        (index,) = (index for index in indexes if index["IndexName"] == body["IndexName"])
        return f"{_ARN}{table.name}/index/{index['IndexName']}", index["KeySchema"]

    def _table(self, name: str) -> Table:
        """A table by its name or its ARN. Raises KeyError."""
        return self._tables[name.removeprefix(_ARN)]


def updated_attributes(body: Body) -> tuple[str, ...]:
    """The attributes an UpdateItem reaches, by their top-level names: those of the key, and those that its
    expressions name.
    """
    names = body.get("ExpressionAttributeNames", {})
    text = " ".join(body.get(name, "") for name in ("UpdateExpression", "ConditionExpression"))
    words = [match["name"] for match in _NAME.finditer(text) if match["name"].upper() not in _WORDS]
    return tuple(
        dict.fromkeys([*body["Key"], *(names[one] if one.startswith("#") else one for one in words)])
    )


def _partition_key(schema: Any) -> str:
    (name,) = (key["AttributeName"] for key in schema if key["KeyType"] == "HASH")
    return str(name)


def _key_text(value: Body) -> str:
    ((_, text),) = value.items()
    if not isinstance(text, str):
        raise TypeError(text)
    return text


def _queried_key(body: Body, partition_key: str) -> str:
    """The value the key condition demands of the partition key, which it must name exactly once."""
    names = body.get("ExpressionAttributeNames", {})
    (value,) = (
        match["value"]
        for match in _EQUALITY.finditer(body["KeyConditionExpression"])
        if names.get(match["name"], match["name"]) == partition_key
    )
    return _key_text(body["ExpressionAttributeValues"][value])
