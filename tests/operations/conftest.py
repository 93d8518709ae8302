"""A stack of an application, its provider, and what they leave behind."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from chalicelib.operations.client_metadata_document import Ports
from chalicelib.protocol.client_authentication.client_secret import hash_client_secret
from infra.local.stack import LocalStack
from infra.local.template import REGION
from tests.support.cloudformation import CloudFormation
from tests.support.custom_resource_provider import Provider
from tests.support.document_web import Web, ports_of
from tests.support.tenant import Tenant


class Secrets:
    """Secrets Manager as somebody with full rights sees it."""

    def __init__(self, stack: LocalStack) -> None:
        self.service = boto3.client(
            "secretsmanager",
            endpoint_url=stack.secrets_manager_endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def names(self) -> set[str]:
        pages = self.service.get_paginator("list_secrets").paginate()
        return {one["Name"] for page in pages for one in page["SecretList"]}

    def of(self, client_id: str) -> str:
        """The current secret of a client, as an application reads it."""
        # AWS's own default; the embedded one goes on giving the last that was put.
        stage = {"VersionStage": "AWSCURRENT"}
        kept = self.service.get_secret_value(SecretId=f"keyturn-local/clients/{client_id}", **stage)
        document: dict[str, str] = json.loads(kept["SecretString"])
        assert document["client_id"] == client_id
        return document["client_secret"]

    def versions(self, client_id: str) -> dict[str, list[str]]:
        found = self.service.describe_secret(SecretId=f"keyturn-local/clients/{client_id}")
        versions: dict[str, list[str]] = found["VersionIdsToStages"]
        return versions


class Records:
    """The Clients table."""

    def __init__(self) -> None:
        self.table = Tenant().table("Clients")

    def client(self, client_id: str) -> dict[str, Any] | None:
        return self.table.at(id=f"client#{client_id}")

    def resource_server(self, resource: str) -> dict[str, Any] | None:
        return self.table.at(id=f"resource#{resource}")

    def trusted_issuer(self, issuer: str) -> dict[str, Any] | None:
        return self.table.at(id=f"trusted_issuer#{issuer}")

    def forget(self, client_id: str) -> None:
        """Deletes a client by hand, past all administration."""
        self.table.delete(id=f"client#{client_id}")

    def ids(self) -> set[str]:
        return {item["id"] for item in self.table.items()}


@pytest.fixture
def provider(stack: LocalStack) -> Provider:
    return Provider(stack)


@pytest.fixture
def app(provider: Provider) -> CloudFormation:
    return CloudFormation(provider)


@pytest.fixture
def secrets(stack: LocalStack) -> Secrets:
    return Secrets(stack)


@pytest.fixture
def records(stack: LocalStack) -> Records:
    del stack
    return Records()


@pytest.fixture
def nothing_left(tenant: Tenant, records: Records, secrets: Secrets) -> Iterator[None]:
    """Everything the test made is gone at its end."""
    del tenant
    before = records.ids(), secrets.names()
    yield
    assert (records.ids(), secrets.names()) == before


def client(**properties: Any) -> dict[str, Any]:
    """A service's client, with its secret."""
    base = {
        "client_name": "Nightly export",
        "grant_types": ["client_credentials"],
        "scope": "read write",
    }
    return {"Type": "Custom::KeyturnClient", "Properties": {**base, **properties}}


def app_client(**properties: Any) -> dict[str, Any]:
    """A single-page app."""
    base = {
        "client_name": "Notes",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["https://notes.example.com/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid offline_access read",
    }
    return {"Type": "Custom::KeyturnClient", "Properties": {**base, **properties}}


def resource_server(resource: str, **properties: Any) -> dict[str, Any]:
    base = {"resource": resource, "resource_name": "Notes API", "scopes": {"notes:read": "Read your notes"}}
    return {"Type": "Custom::KeyturnResourceServer", "Properties": {**base, **properties}}


def trusted_issuer(issuer: str, **properties: Any) -> dict[str, Any]:
    base = {"issuer": issuer, "issuer_name": "Acme", "scope": "notes:read"}
    keys = {} if "jwks" in properties else {"jwks_uri": f"{issuer}/jwks"}
    return {"Type": "Custom::KeyturnTrustedIssuer", "Properties": {**base, **keys, **properties}}


def hash_of(secret: str) -> str:
    return hash_client_secret(secret)


@pytest.fixture
def web(stack: LocalStack) -> Web:
    del stack
    return Web()


@pytest.fixture
def ports(web: Web) -> Ports:
    return ports_of(web)
