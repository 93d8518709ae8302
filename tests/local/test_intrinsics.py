"""CloudFormation's functions: what they give, and clear errors for what cannot be resolved."""

from pathlib import Path

import pytest

from infra.local.intrinsics import TemplateError
from tests.local.templates import FUNCTION, HEAD, read


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
