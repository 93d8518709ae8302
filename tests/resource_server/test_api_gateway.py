"""The functions of examples/resource-server behind the API of its template, with tokens of the stack."""

import json
from typing import Any

import boto3
import pytest

from infra.local.stack import LocalStack
from keyturn_resource_server import authorizer
from tests.support.api_issuer import ApiIssuer
from tests.support.client_app import ClientApp
from tests.support.dpop import proof, thumbprint
from tests.support.forgery import resign_as_server
from tests.support.http import Caller, HttpTransport
from tests.support.http_api import HttpApi, allows
from tests.support.protected_api import DOMAIN, EXAMPLE, RESOURCE, SCOPES, ProtectedApi, functions
from tests.support.tenant import API, SECRET, Tenant

WAYS = {"/notes": "the decorator", "/reports": "the authorizer"}
pytestmark = pytest.mark.parametrize("path", WAYS)


def test_a_good_token_is_served_and_the_function_knows_the_caller(
    protected_api: ProtectedApi, path: str
) -> None:
    answer = protected_api.get(path, protected_api.token())
    assert (answer.status, answer.json["for"]) == (200, protected_api.service.client.client_id)


def test_no_token_is_401(protected_api: ProtectedApi, path: str) -> None:
    assert protected_api.get(path).status == 401


def test_a_token_of_another_api_is_401(protected_api: ProtectedApi, path: str) -> None:
    assert protected_api.get(path, protected_api.token("read", API)).status == 401


def test_a_stranger_is_401(protected_api: ProtectedApi, path: str) -> None:
    assert protected_api.get(path, "a-token").status == 401


def test_an_expired_token_is_401(protected_api: ProtectedApi, path: str) -> None:
    token = resign_as_server(protected_api.service.caller, protected_api.token(), exp=1)
    assert protected_api.get(path, token).status == 401


def test_too_little_scope_is_403(protected_api: ProtectedApi, path: str) -> None:
    other = "reports:read" if path == "/notes" else "notes:read"
    assert protected_api.get(path, protected_api.token(other)).status == 403


def test_a_bound_token_needs_a_proof_of_its_key_each_time(protected_api: ProtectedApi, path: str) -> None:
    caller = protected_api.service.caller
    token = resign_as_server(caller, protected_api.token(), cnf={"jkt": thumbprint()})
    assert protected_api.get(path, token).status == 401
    headers = {"authorization": f"DPoP {token}", "dpop": proof(token, RESOURCE + path)}
    assert protected_api.get(path, **headers).status == 200
    assert protected_api.get(path, **headers).status == 401


def test_an_issuer_out_of_reach_is_nobodys_fault(
    proofs_table: str, issuer: ApiIssuer, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    token = issuer.token(aud=RESOURCE, scope=" ".join(SCOPES))
    module = functions(monkeypatch, ISSUER=issuer.url, RESOURCE=RESOURCE, PROOFS_TABLE=proofs_table)
    issuer.server.close()
    api = HttpApi(EXAMPLE / "template.yaml", module, DOMAIN)
    answer = api.send("GET", RESOURCE + path, {"authorization": f"Bearer {token}"})
    assert answer.status == (503 if path == "/notes" else 500)


def test_opaque_tokens_are_asked_about_with_the_secret_that_is_kept(
    proofs_table: str, stack: LocalStack, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    resource = f"https://opaque{path.replace('/', '-')}.test"
    _, client = tenant.resource_server(resource, scopes=SCOPES, access_token_format="opaque")
    secrets = boto3.client("secretsmanager")
    kept = json.dumps({"client_id": client.client_id, "client_secret": SECRET})
    arn = secrets.create_secret(Name=f"example{path}", SecretString=kept)["ARN"]
    monkeypatch.setenv("INTROSPECTION_SECRET_ARN", arn)
    module = functions(monkeypatch, ISSUER=stack.issuer, RESOURCE=resource, PROOFS_TABLE=proofs_table)
    api = HttpApi(EXAMPLE / "template.yaml", module, DOMAIN)
    service = ClientApp(tenant.client(scope=tuple(SCOPES)), Caller(HttpTransport(stack.issuer)))
    token = service.token({"grant_type": "client_credentials", "resource": resource}).json["access_token"]
    assert token.count(".") == 0
    headers = {"authorization": f"Bearer {token}"}
    assert api.send("GET", resource + path, headers).json["for"] == service.client.client_id
    assert service.post("/revoke", {"token": token}).status == 200
    assert api.send("GET", resource + path, headers).status == 401


@pytest.mark.parametrize("simple", [True, False])
def test_the_authorizer_allows_its_routes_alone(
    protected_api: ProtectedApi, path: str, *, simple: bool
) -> None:
    server = protected_api.api.module.SERVER
    decide = authorizer(server, {"GET /reports": ["reports:read"]}, simple=simple)
    arn = f"arn:aws:execute-api:us-east-1:000000000000:api/$default/GET{path}"
    event: dict[str, Any] = {
        "routeKey": f"GET {path}",
        "routeArn": arn,
        "rawPath": path,
        "headers": {"authorization": f"Bearer {protected_api.token()}"},
        "requestContext": {"domainName": DOMAIN, "http": {"method": "GET"}},
    }
    assert allows(decide(event, None), arn) is (path == "/reports")


def test_what_is_refused_never_reaches_the_function_behind(protected_api: ProtectedApi, path: str) -> None:
    before = protected_api.api.authorized
    protected_api.get(path)
    assert protected_api.api.authorized == before  # a missing identity source, or no authorizer
