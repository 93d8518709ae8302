"""An embedded DynamoDB (moto's), and a template's tables in it."""

import json
import threading
from collections.abc import Iterable
from typing import Any

import boto3
import moto.dynamodb.responses
from botocore.config import Config
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoResult
from moto.moto_server.werkzeug_app import create_backend_app

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse
from infra.local.resources import Table
from infra.local.template import REGION
from infra.local.wsgi import from_wsgi

# DynamoDB takes any; the embedded one keeps a world of tables per account, this key's.
ACCESS_KEY_ID = "local"
SECRET_ACCESS_KEY = "local"  # noqa: S105 - nothing is protected by it


_ITEM_OPERATIONS = {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}


class _ItemResult(DynamoResult):
    """What an operation on items answers, as JSON, which it has the shape of already: moto walks the
    service's model over every attribute, at 2.5 ms an item.
    """

    def execute_result(self, context: Any) -> Any:
        if context.operation_model.name not in _ITEM_OPERATIONS or not isinstance(self.result, dict):
            return ActionResult.execute_result(self, context)
        members = {name: value for name, value in self.result.items() if value is not None}
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(members)


def embedded_dynamodb() -> Application:
    """The service as an application.

    One request at a time: moto checks a condition and writes in two steps, and copies whole tables in
    a transaction, so that parallel requests could lose a write that was acknowledged.
    """
    moto.dynamodb.responses.DynamoResult = _ItemResult  # type: ignore[misc]
    service = from_wsgi(create_backend_app("dynamodb"))
    lock = threading.Lock()

    def answer(request: HttpRequest) -> HttpResponse:
        with lock:
            return service(request)

    return answer


def create_tables(endpoint: str, tables: Iterable[Table]) -> None:
    """Makes the tables, anew where they exist."""
    client = connect(endpoint)
    for table in tables:
        delete_table(client, table.name)
        client.create_table(**table.arguments)
        client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1})
        if table.ttl_attribute:
            ttl = {"AttributeName": table.ttl_attribute, "Enabled": True}
            client.update_time_to_live(TableName=table.name, TimeToLiveSpecification=ttl)


def delete_tables(endpoint: str, tables: Iterable[Table]) -> None:
    """Deletes the tables that exist."""
    client = connect(endpoint)
    for table in tables:
        delete_table(client, table.name)


def delete_table(client: Any, name: str) -> None:
    """Deletes a table if it exists."""
    try:
        client.delete_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        return
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def connect(endpoint: str) -> Any:
    """A client of the DynamoDB at a URL."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(retries={"total_max_attempts": 2, "mode": "standard"}),
    )
