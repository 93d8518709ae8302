"""The API of examples/resource-server at work: its template's routes, its functions, tokens of the stack."""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, HttpTransport
from tests.support.http_api import HttpApi
from tests.support.tenant import Tenant

EXAMPLE = Path(__file__).parents[2] / "examples" / "resource-server"
DOMAIN = "notes.test"
RESOURCE = f"https://{DOMAIN}"
SCOPES = {"notes:read": "Read your notes", "reports:read": "Read reports"}
PROOFS = "proofs-of-the-example"


@dataclass
class ProtectedApi:
    """The API, and a service that gets tokens for it."""

    api: HttpApi
    service: ClientApp

    def token(self, scope: str = "notes:read reports:read", resource: str = RESOURCE) -> str:
        """An access token of the stack."""
        fields = {"grant_type": "client_credentials", "scope": scope, "resource": resource}
        answer = self.service.token(fields)
        assert answer.status == 200, answer.body
        token: str = answer.json["access_token"]
        return token

    def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        """A call; `token` as a bearer token."""
        sent = {"authorization": f"Bearer {token}"} if token is not None else {}
        return self.api.send("GET", RESOURCE + path, {**sent, **headers})


def functions(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Any:
    """examples/resource-server/functions.py as a start of its functions makes it, in this environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("notes_functions", EXAMPLE / "functions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.pop("notes_functions", None)
    return module


@pytest.fixture(scope="session")
def proofs_table(stack: LocalStack) -> Iterator[str]:
    """The table of the template, in the stack's DynamoDB."""
    del stack
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=PROOFS,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    yield PROOFS
    client.delete_table(TableName=PROOFS)


@pytest.fixture
def protected_api(
    stack: LocalStack, tenant: Tenant, proofs_table: str, monkeypatch: pytest.MonkeyPatch
) -> ProtectedApi:
    """The example, registered with the tenant."""
    tenant.resource_server(RESOURCE, scopes=SCOPES)
    module = functions(monkeypatch, ISSUER=stack.issuer, RESOURCE=RESOURCE, PROOFS_TABLE=proofs_table)
    service = tenant.client(scope=("read", *SCOPES))
    caller = Caller(HttpTransport(stack.issuer))
    return ProtectedApi(HttpApi(EXAMPLE / "template.yaml", module, DOMAIN), ClientApp(service, caller))
