"""The stack in one process: services, environment, invocation over HTTP and without, and its end."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import requests
from botocore.exceptions import EndpointConnectionError

from infra.local.http_server import LoopbackServer, PortTakenError
from infra.local.intrinsics import TemplateError
from infra.local.stack import LocalStack

TEMPLATE = """
Parameters:
  Greeting: {Type: String, Default: hello}
Resources:
  People:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: purge_at, Enabled: true}
  Signing:
    Type: AWS::KMS::Key
    Properties: {KeySpec: ECC_NIST_P256, KeyUsage: SIGN_VERIFY}
  SigningAlias:
    Type: AWS::KMS::Alias
    Properties: {AliasName: alias/signing, TargetKeyId: !Ref Signing}
  Api:
    Type: AWS::ApiGatewayV2::Api
  Stub:
    Type: AWS::Lambda::Function
    Properties:
      Handler: tests.local.stub_endpoint.handler
      Environment:
        Variables:
          ISSUER: !Sub https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}
          GREETING: !Ref Greeting
          PEOPLE_TABLE: !Ref People
          SIGNING_KEY: !GetAtt Signing.Arn
  StubIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {IntegrationUri: !GetAtt Stub.Arn}
  StubRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: {RouteKey: "ANY /{proxy+}", Target: !Sub "integrations/${StubIntegration}"}
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stack") / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stack(template: Path) -> Iterator[LocalStack]:
    with LocalStack(template=template, parameters={"Greeting": "hi"}) as stack:
        yield stack.serve()


def test_functions_answer_at_the_issuer(stack: LocalStack) -> None:
    with requests.Session() as client:
        answer = client.post(f"{stack.issuer}/token?a=%20b", data={"c": "d"}, cookies={"e": "f"})
    told = answer.json()
    assert told["event"]["rawPath"] == "/token"
    assert told["event"]["rawQueryString"] == "a=%20b"
    assert told["event"]["isBase64Encoded"] is True
    assert told["event"]["cookies"] == ["e=f"]
    assert told["function"] == "Stub"
    assert told["arn"].endswith(":function:Stub")
    assert 0 < told["remaining"] <= 15_000
    assert answer.cookies.get_dict() == {"a": "1", "b": "2"}


def test_environment_is_the_templates_with_the_issuer_where_it_listens(stack: LocalStack) -> None:
    assert os.environ["ISSUER"] == stack.issuer == f"http://localhost:{stack.port}"
    assert os.environ["GREETING"] == "hi"
    assert os.environ["PEOPLE_TABLE"] == "keyturn-local-People"
    assert os.environ["SIGNING_KEY"].startswith("arn:aws:kms:")


def test_plain_clients_reach_the_embedded_services(stack: LocalStack) -> None:
    dynamodb, kms = boto3.client("dynamodb"), boto3.client("kms")
    assert "keyturn-local-People" in dynamodb.list_tables()["TableNames"]
    ttl = dynamodb.describe_time_to_live(TableName="keyturn-local-People")["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "purge_at"}
    by_alias = kms.describe_key(KeyId="alias/signing")["KeyMetadata"]["Arn"]
    assert by_alias == os.environ["SIGNING_KEY"] == stack.environment["SIGNING_KEY"]
    dynamodb.close()
    kms.close()


def test_a_handler_is_invoked_with_an_event_of_its_own(stack: LocalStack) -> None:
    answer = stack.invoke("stub_endpoint", {"rawPath": "/x"})
    assert answer["statusCode"] == 200
    with pytest.raises(RuntimeError, match="broken"):
        stack.invoke("stub_endpoint", {"rawPath": "/broken"})
    with pytest.raises(KeyError):
        stack.invoke("nothing", {})
    with pytest.raises(TypeError):
        stack.invoke("stub_endpoint", {"rawPath": object()})


def test_conditional_writes_are_atomic_under_threads(stack: LocalStack) -> None:
    client = boto3.client("dynamodb")
    won: list[int] = []

    def put(number: int) -> None:
        try:
            client.put_item(
                TableName=stack.environment["PEOPLE_TABLE"],
                Item={"id": {"S": "one"}},
                ConditionExpression="attribute_not_exists(id)",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return
        won.append(number)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert len(won) == 1


def test_the_callers_own_aws_set_up_is_out_of_reach_and_restored(
    template: Path, stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    before = dict(os.environ)
    threads = set(threading.enumerate())
    inner = LocalStack(template=template, dynamodb_endpoint=stack.dynamodb_endpoint)
    with inner:
        assert "AWS_PROFILE" not in os.environ
        assert "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" not in os.environ
        assert os.environ["NO_PROXY"] == "intranet.example,localhost,127.0.0.1,::1"
        client = boto3.client("kms")
        assert client.describe_key(KeyId="alias/signing")
        client.close()
    assert dict(os.environ) == before
    assert set(threading.enumerate()) <= threads


def test_a_failed_start_leaves_nothing_behind(template: Path) -> None:
    threads = set(threading.enumerate())
    with pytest.raises(TemplateError):
        LocalStack(template=template, parameters={"Nothing": "x"})
    taken = LoopbackServer()
    with pytest.raises(PortTakenError):
        LocalStack(template=template, port=taken.port)
    taken.close()
    unreachable = LocalStack(template=template, dynamodb_endpoint=f"http://127.0.0.1:{taken.port}")
    environment = dict(os.environ)
    with pytest.raises(EndpointConnectionError), unreachable:
        pass
    assert dict(os.environ) == environment
    assert set(threading.enumerate()) <= threads
