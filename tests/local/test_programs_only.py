"""The embedded services of `make run` do nothing for a page that a browser on this machine shows."""

import http.client
import json
from collections.abc import Iterator

import boto3
import pytest

from infra.local.stack import LocalStack

TEMPLATE = """
Resources:
  People:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Stub:
    Type: AWS::Lambda::Function
    Properties: {Handler: tests.local.stub_endpoint.handler}
"""
JSON_10, JSON_11 = "application/x-amz-json-1.0", "application/x-amz-json-1.1"
INVOKE = "/2015-03-31/functions/Stub/invocations"
# Of each service: what asks for something it does, as AWS's clients ask.
ASKED = {
    "dynamodb": ("POST", "/", {"x-amz-target": "DynamoDB_20120810.ListTables", "content-type": JSON_10}),
    "events": ("POST", "/", {"x-amz-target": "AWSEvents.PutEvents", "content-type": JSON_11}),
    "kms": ("POST", "/", {"x-amz-target": "TrentService.ListKeys", "content-type": JSON_11}),
    "secrets_manager": ("POST", "/", {"x-amz-target": "secretsmanager.ListSecrets", "content-type": JSON_11}),
    "s3": ("PUT", "/answers/one", {}),
    "lambda": ("POST", INVOKE, {}),
}
BODIES = {"events": json.dumps({"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]})}
OF_PAGES = (
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=a",
)
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/x/aws4_request"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    path = tmp_path_factory.mktemp("stack") / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    with LocalStack(template=path) as stack:
        yield stack


def status(stack: LocalStack, service: str, **changed: str) -> int:
    """What a service answers to what it is asked, with these headers changed; `_` stands for a dash."""
    port = int(getattr(stack, f"{service}_endpoint").rpartition(":")[2])
    method, target, headers = ASKED[service]
    more = {name.replace("_", "-"): value for name, value in changed.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target, body=BODIES.get(service, "{}"), headers=SIGNED | headers | more)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("service", ASKED)
def test_a_program_is_answered(stack: LocalStack, service: str) -> None:
    assert status(stack, service) == 200
    assert status(stack, service, host="localhost:1") == 200
    assert status(stack, service, host="[::1]:1") == 200


@pytest.mark.parametrize("service", ASKED)
@pytest.mark.parametrize(
    "host",
    ["attacker.example", "127.0.0.1.attacker.example:8000", "localhost@attacker.example", "[::1", "", ":1"],
)
def test_another_name_of_this_machine_is_refused(stack: LocalStack, service: str, host: str) -> None:
    assert status(stack, service, host=host) == 403


@pytest.mark.parametrize("service", ASKED)
@pytest.mark.parametrize(
    "header",
    [
        {"origin": "https://attacker.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_mode": "no-cors"},
    ],
)
def test_what_a_browser_says_of_a_page_is_refused(
    stack: LocalStack, service: str, header: dict[str, str]
) -> None:
    assert status(stack, service, **header) == 403


@pytest.mark.parametrize("service", ASKED)
@pytest.mark.parametrize("content_type", OF_PAGES)
def test_what_a_page_may_send_to_anybody_is_refused(
    stack: LocalStack, service: str, content_type: str
) -> None:
    assert status(stack, service, content_type=content_type) == 403


@pytest.mark.parametrize("service", ["dynamodb", "events", "kms", "secrets_manager"])
def test_a_body_without_a_type_is_refused(stack: LocalStack, service: str) -> None:
    """A page sends one by navigator.sendBeacon."""
    assert status(stack, service, content_type="") == 403


def test_nothing_was_done_for_a_page(stack: LocalStack) -> None:
    stack.event_bus.take()
    stack.response_bucket.take("/answers/one", within=0)
    for headers in ({"host": "attacker.example"}, {"origin": "https://attacker.example"}):
        assert status(stack, "events", **headers) == 403
        assert status(stack, "s3", **headers) == 403
    assert stack.event_bus.take() == []
    assert stack.response_bucket.take("/answers/one", within=0) is None


@pytest.mark.usefixtures("stack")
def test_clients_of_aws_are_programs() -> None:
    assert boto3.client("kms").list_keys()["Keys"] == []
    assert boto3.client("dynamodb").list_tables()["TableNames"]
    boto3.client("lambda").invoke(FunctionName="Stub", Payload=b"{}")
    assert boto3.client("secretsmanager").list_secrets()["SecretList"] == []
