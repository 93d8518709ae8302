"""Tables and keys that a deleted stack left behind, and the import that gives them to a new one.

An import makes a stack of exactly the resources it is given; everything else comes with the ordinary
update after it. So its template is the full one cut down to them, without outputs or conditions.
"""

import json
from pathlib import Path
from typing import Any

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.change_set import PROTECTED_TYPES
from infra.deploy.deploy_error import DeployError
from infra.expand import Template

# The property that identifies a resource of each type to an import.
_IDENTIFIERS = {"AWS::DynamoDB::Table": "TableName", "AWS::KMS::Key": "KeyId"}
Resources = list[dict[str, Any]]


def retained(template: Template) -> tuple[str, ...]:
    """Logical ids of what outlives its stack."""
    found = template["Resources"].items()
    return tuple(name for name, one in found if one.get("DeletionPolicy") == "Retain")


def kept_by(aws: Aws, stack_id: str) -> Resources:
    """What a deleted stack kept, as `--resources-to-import` of the AWS CLI takes it. Raises DeployError."""
    with said_plainly():
        pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
    return [
        {
            "ResourceType": one["ResourceType"],
            "LogicalResourceId": one["LogicalResourceId"],
            "ResourceIdentifier": {_IDENTIFIERS[one["ResourceType"]]: one["PhysicalResourceId"]},
        }
        for one in found
        if one["ResourceStatus"] == "DELETE_SKIPPED" and one["ResourceType"] in PROTECTED_TYPES
    ]


def last_deleted(aws: Aws, stack: str) -> str:
    """The id of the newest deleted stack of this name; CloudFormation knows them for 90 days.

    Raises DeployError.
    """
    with said_plainly():
        pages = aws.cloudformation.get_paginator("list_stacks").paginate(
            StackStatusFilter=["DELETE_COMPLETE"]
        )
        found = [one for page in pages for one in page["StackSummaries"] if one["StackName"] == stack]
    if not found:
        raise DeployError(
            f"CloudFormation knows no deleted stack {stack}. After 90 days it forgets: "
            "docs/deploy.md says how to write the file by hand."
        )
    newest = max(found, key=lambda one: one["DeletionTime"])
    return str(newest["StackId"])


def read_adoption(path: Path, template: Template) -> Resources:
    """The resources to import from a file. Raises DeployError for what the template has no place for."""
    try:
        resources: Resources = json.loads(path.read_text(encoding="utf-8"))
        for one in resources:
            name, kind = one["LogicalResourceId"], one["ResourceType"]
            if template["Resources"].get(name, {}).get("Type") != kind:
                raise DeployError(f"{path} names {name}, and the template has no {kind} of that name.")
            if set(one["ResourceIdentifier"]) != {_IDENTIFIERS[kind]}:
                raise DeployError(f"{path}: {name} is identified by its {_IDENTIFIERS[kind]}.")
    except FileNotFoundError:
        raise DeployError(f"There is no {path}. `make adopt` writes it.") from None
    except (ValueError, KeyError, TypeError):
        raise DeployError(f"{path} is no list of resources to import. `make adopt` writes one.") from None
    if not resources:
        raise DeployError(f"{path} names nothing to adopt. Deploy without ADOPT.")
    return resources


def write_adoption(resources: Resources, stack: str, directory: Path) -> Path:
    """Writes the import file and answers where."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{stack}.json"
    path.write_text(json.dumps(resources, indent=2) + "\n", encoding="utf-8")
    return path


def import_template(template: Template, resources: Resources) -> Template:
    """The template cut down to what is imported."""
    names = {one["LogicalResourceId"] for one in resources}
    return {
        "AWSTemplateFormatVersion": template["AWSTemplateFormatVersion"],
        "Description": template["Description"],
        "Resources": {name: one for name, one in template["Resources"].items() if name in names},
    }
