"""Versions and aliases of the functions: what SnapStart and provisioned concurrency are of.

The hand-written template says when there are any (HasVersions); each function the API calls gets the same
two resources, so they are added here, by the build, and the API calls the alias instead of the function.
What AWS itself calls has none: nobody waits for its start, and its ARN must stay what it is. Nor has what is
there under a condition of its own: developers wait for the playground, and browsers keep the page at
check_session_iframe.
Without them nothing changes, and no old versions are left to count against the account's code storage.
"""

import copy
from typing import Any

from infra.expand import Template

CONDITION = "HasVersions"
ALIAS = "live"
# A person waits for these; the others wait for a machine, or answer from a cache.
PROVISIONED = ("Authorization", "Login", "Consent", "Token")


def with_versions(template: Template) -> Template:
    """The template with a version and an alias for every endpoint that is always there, made where
    HasVersions holds.
    """
    versioned = copy.deepcopy(template)
    resources = versioned["Resources"]
    endpoints = []
    for resource in resources.values():
        match resource:
            case {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {"IntegrationUri": uri}}:
                name = uri["Fn::GetAtt"][0]
                if "Condition" in resource:
                    continue
                endpoints.append(name)
                resource["Properties"]["IntegrationUri"] = _alias_or(name, uri)
    for resource in resources.values():
        match resource:
            case {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": name} as ref}}:
                if name in endpoints:
                    resource["Properties"]["FunctionName"] = _alias_or(name, ref)
    for name in endpoints:
        resources[f"{name}Version"] = _version(name)
        resources[f"{name}Alias"] = _alias(name)
    return versioned


def _version(name: str) -> dict[str, Any]:
    # CloudFormation replaces a version whose description changes: a new one is made, the alias moves to it,
    # and the old one is deleted.
    return {
        "Type": "AWS::Lambda::Version",
        "Condition": CONDITION,
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"FunctionName": {"Ref": name}, "Description": {"Ref": "Release"}},
    }


def _alias(name: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "FunctionName": {"Ref": name},
        "FunctionVersion": {"Fn::GetAtt": [f"{name}Version", "Version"]},
        "Name": ALIAS,
    }
    if name in PROVISIONED:
        properties["ProvisionedConcurrencyConfig"] = {
            "Fn::If": [
                "HasProvisionedConcurrency",
                {"ProvisionedConcurrentExecutions": {"Ref": "ProvisionedConcurrency"}},
                {"Ref": "AWS::NoValue"},
            ]
        }
    return {"Type": "AWS::Lambda::Alias", "Condition": CONDITION, "Properties": properties}


def _alias_or(name: str, function: dict[str, Any]) -> dict[str, Any]:
    return {"Fn::If": [CONDITION, {"Ref": f"{name}Alias"}, function]}
