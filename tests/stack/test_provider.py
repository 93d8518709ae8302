"""The provider of custom resources: who finds it, who may call it, and that it answers to nobody else."""

from pathlib import Path
from typing import Any

from infra.expand import Template
from infra.local.template import read_template


def test_other_stacks_import_the_function_itself_by_the_tenants_name(expanded: Template) -> None:
    provider = expanded["Outputs"]["Provider"]
    assert provider["Export"] == {"Name": {"Fn::Sub": "${AWS::StackName}-Provider"}}
    # Not an alias: CloudFormation can change no resource's ServiceToken.
    assert provider["Value"] == {"Fn::GetAtt": ["CustomResources", "Arn"]}


def test_its_name_is_the_same_after_the_stack_was_made_anew(functions: dict[str, Any]) -> None:
    assert functions["CustomResources"]["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-provider"}
    named = {name for name, one in functions.items() if "FunctionName" in one}
    assert named == {"BackchannelLogout", "CustomResources"}


def test_nobody_is_let_in_but_by_iam(resources: dict[str, Any]) -> None:
    named = [
        name
        for name, one in resources.items()
        if one["Type"] == "AWS::Lambda::Permission" and "CustomResources" in str(one["Properties"])
    ]
    assert named == []


def test_an_event_is_tried_again_but_not_when_it_is_old(resources: dict[str, Any]) -> None:
    found = [one["Properties"] for one in resources.values() if one["Type"].endswith("EventInvokeConfig")]
    (config,) = (one for one in found if one["FunctionName"] == {"Ref": "CustomResources"})
    assert config["MaximumRetryAttempts"] == 2
    assert config["MaximumEventAgeInSeconds"] == 300


def test_no_function_is_told_another_place_of_any_service(expanded_file: Path) -> None:
    """With AWS_ENDPOINT_URL_S3 the provider would answer elsewhere too."""
    for function in read_template(expanded_file).functions:
        assert not [name for name in function.environment if "ENDPOINT_URL" in name], function.logical_id
