"""Reading a template: what it declares, resolved, and clear errors for what cannot be."""

from pathlib import Path

import pytest

from infra.local.intrinsics import TemplateError
from infra.local.resources import Route, Template
from infra.local.template import read_template

HEAD = """
Parameters:
  Owner: {Type: String, Default: nobody}
  Domain: {Type: String, Default: ""}
  Hosts: {Type: CommaDelimitedList, Default: "a, b"}
Conditions:
  HasDomain: !Not [!Equals [!Ref Domain, ""]]
  HasBoth: !And [!Condition HasDomain, !Equals [!Ref Owner, ada]]
  HasOne: !Or [!Condition HasDomain, {"Fn::Equals": [!Ref Owner, ada]}]
"""
FUNCTION = """
  EndSession:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          VALUE: {value}
"""


def read(tmp_path: Path, text: str, **parameters: str) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return read_template(path, parameters=parameters, address="http://localhost:1")


def value_of(tmp_path: Path, value: str, **parameters: str) -> str:
    """What an environment variable of this value becomes."""
    resources = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api}
  People: {Type: AWS::DynamoDB::Table}
  Signing: {Type: AWS::KMS::Key}
  SigningAlias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/signing, TargetKeyId: !Ref Signing}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref EndSession}}
"""
    template = read(tmp_path, HEAD + resources + FUNCTION.format(value=value), **parameters)
    return template.function("end_session").environment.get("VALUE", "(none)")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("7", "7"),
        ("true", "true"),
        ("2012-10-17", "2012-10-17"),
        ("!Ref Owner", "nobody"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::NoValue", "(none)"),
        ("!Ref People", "keyturn-local-People"),
        ("!GetAtt People.Arn", "arn:aws:dynamodb:us-east-1:000000000000:table/keyturn-local-People"),
        ("!GetAtt EndSession.Arn", "arn:aws:lambda:us-east-1:000000000000:function:EndSession"),
        ("!Ref EndSession.Alias", "arn:aws:lambda:us-east-1:000000000000:function:EndSession:local"),
        ("!Ref Live", "arn:aws:lambda:us-east-1:000000000000:function:EndSession:local"),
        ("!Ref SigningAlias", "alias/signing"),
        ("!GetAtt Api.ApiEndpoint", "http://localhost:1"),
        ("!Sub https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/x", "http://localhost:1/x"),
        ("!Sub '${Owner} of ${AWS::StackName}, ${!Literal}'", "nobody of keyturn-local, ${Literal}"),
        ("!Sub ['${who}!', {who: !Ref Owner}]", "nobody!"),
        ("!Sub '${Hosts}'", "a,b"),
        ("!Join ['-', [a, !Ref Owner, !Ref AWS::NoValue]]", "a-nobody"),
        ("!If [HasDomain, !Sub 'https://${Domain}', none]", "none"),
        ("!If [HasOne, yes, !Ref Owner]", "nobody"),
        ('{"Fn::GetAtt": ["Signing", "Arn"]}', None),
        ('{"Fn::GetAtt": "Signing.Arn"}', None),
    ],
)
def test_functions_are_resolved(tmp_path: Path, value: str, expected: str | None) -> None:
    found = value_of(tmp_path, value)
    if expected is None:
        assert found.startswith("arn:aws:kms:us-east-1:000000000000:key/")
    else:
        assert found == expected


def test_parameters_override_their_defaults(tmp_path: Path) -> None:
    address = "!If [HasDomain, !Sub 'https://${Domain}', none]"
    assert value_of(tmp_path, address, Domain="login.example.com") == "https://login.example.com"
    assert value_of(tmp_path, "!If [HasBoth, both, no]", Domain="a.example", Owner="ada") == "both"
    assert value_of(tmp_path, "!If [HasOne, one, no]", Owner="ada") == "one"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("!Ref Nobody", "Nobody is referred to"),
        ("!GetAtt Nobody.Arn", "Nobody.Arn is referred to"),
        ("!GetAtt People.StreamArn", "People.StreamArn is referred to"),
        ("!GetAtt {a: b}", "needs a resource and an attribute"),
        ("!Sub '${Nobody}'", "Nobody is referred to"),
        ("!Sub '${People.Nothing}'", "People.Nothing is referred to"),
        ("!FindInMap [a, b, c]", "Fn::FindInMap is not understood"),
        ('{"Fn::Select": [0, [a]]}', "Fn::Select is not understood"),
        ("!If [Nothing, a, b]", "no condition Nothing"),
        ("!If [[], a, b]", "is no condition"),
    ],
)
def test_what_cannot_be_resolved_is_named(tmp_path: Path, value: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        value_of(tmp_path, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "no YAML"),
        ("a: 1\na: 2\n", "Line 1: a is given twice"),
        ("Resources: !Sub {a: 1, a: 2}", "a is given twice"),
        ("just text", "no Resources"),
        ("Parameters: {Needed: {Type: String}}\nResources: {}", "parameter Needed has no default"),
        (
            "Conditions: {A: !Condition A}\nResources: {K: {Type: AWS::KMS::Key, Condition: A}}",
            "depends on itself",
        ),
    ],
)
def test_broken_template_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        read(tmp_path, text)


def test_unknown_parameter_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no parameter Colour"):
        read(tmp_path, "Resources: {}", Colour="red")


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
        function.logical_id for function in template.functions
    }
