"""What resources are called on a laptop: their names and ARNs, and the values of a template's parameters."""

import uuid
from collections.abc import Mapping
from typing import Any

from infra.local.intrinsics import TemplateError

REGION = "us-east-1"
ACCOUNT = "000000000000"
STACK_NAME = "keyturn-local"

FUNCTION_TYPES = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_ARNS = {
    **dict.fromkeys((*FUNCTION_TYPES, "AWS::Lambda::Alias"), ("lambda", "function:")),
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::Events::EventBus": ("events", "event-bus/"),
    "AWS::IAM::Role": ("iam", "role/"),
    "AWS::KMS::Key": ("kms", "key/"),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::Scheduler::ScheduleGroup": ("scheduler", "schedule-group/"),
}
# Of every region.
_GLOBAL = ("iam",)
PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK_NAME}/local",
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters, those given in place of their defaults. Raises TemplateError."""
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise TemplateError(f"The template has no parameter {unknown[0]}.")
    values = {name: given.get(name, spec.get("Default")) for name, spec in declared.items()}
    for name, value in values.items():
        if value is None:
            raise TemplateError(f"The parameter {name} has no default and needs a value.")
        if declared[name].get("Type") == "CommaDelimitedList" and isinstance(value, str):
            values[name] = [member.strip() for member in value.split(",")]
    return values


def arn(kind: str, identity: str) -> str:
    """The ARN of a resource of a CloudFormation type."""
    service, prefix = _ARNS.get(kind, ("local", ""))
    region = "" if service in _GLOBAL else REGION
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{prefix}{identity}"


def key_id(logical_id: str) -> str:
    """The id of a key, always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{STACK_NAME}/{logical_id}"))


def is_true(value: Any) -> bool:
    """Whether a template says so, in whichever way."""
    return str(value).lower() == "true"


def api_address(name: str) -> str:
    """The URL AWS would give an API."""
    return f"https://{name}.execute-api.{REGION}.{PSEUDO_PARAMETERS['AWS::URLSuffix']}"
