"""A deployed stack as CloudFormation describes it."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.protocol.supported import MIGRATION_GRANT_TYPES


@dataclass(frozen=True, slots=True)
class FoundStack:
    """Its outputs, and the grant types for migration that its parameters switch on."""

    outputs: dict[str, str] = field(hash=False)
    migration: tuple[str, ...]


def find_stack(cloudformation: Any, stack: str) -> FoundStack | None:
    """The stack, None where there is none."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return None
        raise
    given = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
    return FoundStack(
        outputs={one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])},
        migration=tuple(
            name for name in MIGRATION_GRANT_TYPES if given.get(f"{name.capitalize()}Grant") == "on"
        ),
    )
