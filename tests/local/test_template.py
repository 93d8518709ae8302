"""Reading a template: its tables, keys, functions and routes, and the environment they make."""

from pathlib import Path

import pytest

from infra.local.intrinsics import TemplateError
from infra.local.resources import Route
from infra.local.template import read_template
from tests.local.templates import FUNCTION, HEAD, read


def test_tables_become_arguments_of_create_table(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        """
Resources:
  Grants:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: my-grants
      BillingMode: PROVISIONED
      ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}, {AttributeName: sub, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: by_sub
          KeySchema: [{AttributeName: sub, KeyType: HASH}]
          Projection: {ProjectionType: KEYS_ONLY}
          ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
      TimeToLiveSpecification: {AttributeName: purge_at, Enabled: true}
  Plain:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: purge_at, Enabled: false}
""",
    )
    grants, plain = template.tables
    index = {
        "IndexName": "by_sub",
        "KeySchema": [{"AttributeName": "sub", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    assert grants.name == "my-grants"
    assert grants.arguments["GlobalSecondaryIndexes"] == [index]
    assert grants.arguments["BillingMode"] == "PAY_PER_REQUEST"
    assert "ProvisionedThroughput" not in grants.arguments
    assert grants.ttl_attribute == "purge_at"
    assert plain.name == "keyturn-local-Plain"
    assert plain.ttl_attribute is None


def test_keys_have_spec_usage_and_aliases(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        """
Resources:
  Signing: {Type: AWS::KMS::Key, Properties: {KeySpec: RSA_2048, KeyUsage: SIGN_VERIFY}}
  Name: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/by-id, TargetKeyId: !Ref Signing}}
  Other: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/by-arn, TargetKeyId: !GetAtt Signing.Arn}}
""",
    )
    (key,) = template.keys
    assert (key.key_spec, key.key_usage) == ("RSA_2048", "SIGN_VERIFY")
    assert key.aliases == ("alias/by-id", "alias/by-arn")


ROUTES = """
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{IntegrationUri: {uri}}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{RouteKey: ANY /token, Target: {target}}}
"""


@pytest.mark.parametrize(
    "target", ["!Sub 'integrations/${Integration}'", "!Join [/, [integrations, !Ref Integration]]"]
)
@pytest.mark.parametrize(
    "uri",
    [
        "!GetAtt Token.Arn",
        "!Ref Token.Alias",
        "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Token.Arn}/invocations'",
    ],
)
def test_route_leads_to_its_function(tmp_path: Path, uri: str, target: str) -> None:
    functions = (
        "\nResources:\n  Token: {Type: AWS::Serverless::Function}\n  Token2: {Type: AWS::Lambda::Function}"
    )
    template = read(tmp_path, functions + ROUTES.format(uri=uri, target=target))
    assert template.routes == (Route("ANY /token", "Token"),)


@pytest.mark.parametrize(
    ("uri", "target", "message"),
    [
        ("!GetAtt Table.Arn", "!Sub 'integrations/${Integration}'", "which is no function"),
        ("!GetAtt Token.Arn", "integrations/Nowhere", "Route leads to integrations/Nowhere"),
    ],
)
def test_route_that_leads_nowhere_is_an_error(tmp_path: Path, uri: str, target: str, message: str) -> None:
    functions = (
        "\nResources:\n  Token: {Type: AWS::Serverless::Function}\n  Table: {Type: AWS::DynamoDB::Table}"
    )
    with pytest.raises(TemplateError, match=message):
        read(tmp_path, functions + ROUTES.format(uri=uri, target=target))


def test_resource_whose_condition_does_not_hold_is_not_there(tmp_path: Path) -> None:
    text = HEAD + "Resources: {Maybe: {Type: AWS::KMS::Key, Condition: HasDomain}}"
    assert read(tmp_path, text).keys == ()
    assert len(read(tmp_path, text, Domain="a.example").keys) == 1


def test_environment_is_the_globals_and_the_functions_own(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        "Globals: {Function: {Environment: {Variables: {A: one, B: two}}}}\nResources:"
        + FUNCTION.format(value="!Ref AWS::Region")
        + "          B: three\n",
    )
    function = template.function("end_session")
    assert function.environment == {"A": "one", "B": "three", "VALUE": "us-east-1"}
    assert function.handler == "chalicelib.endpoints.end_session.handler"
    assert template.environment() == function.environment
    with pytest.raises(KeyError):
        template.function("nothing")


def test_expanded_function_is_read_with_its_handler(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        '{"Resources": {"X": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": '
        '"chalicelib.endpoints.token.handler", "Environment": {"Variables": {"A": "1"}}}}}}',
    )
    assert template.function("token").logical_id == "X"


def test_one_variable_with_two_values_is_an_error(tmp_path: Path) -> None:
    text = (
        "Resources:"
        + FUNCTION.format(value="one")
        + FUNCTION.format(value="two").replace("EndSession", "Other")
    )
    with pytest.raises(TemplateError, match="VALUE has another value in Other"):
        read(tmp_path, text).environment()


def test_this_stacks_template_is_read_whole() -> None:
    template = read_template(address="http://localhost:1")
    environment = template.environment()
    assert environment["ISSUER"] == "http://localhost:1"
    assert {table.name for table in template.tables} <= set(environment.values())
    assert {route.function for route in template.routes} == {
        function.logical_id for function in template.functions if ".endpoints." in function.handler
    }
