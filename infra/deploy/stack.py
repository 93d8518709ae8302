"""A tenant's stack: what it is called, and what state it is in."""

import re
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.deploy_error import DeployError

_WORD = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class StackName:
    """One tenant at one stage."""

    tenant: str
    stage: str

    def __post_init__(self) -> None:
        for what, word in (("TENANT", self.tenant), ("STAGE", self.stage)):
            if not word:
                raise DeployError(f"{what} is missing. The two name the stack: TENANT=acme STAGE=prod.")
            if not _WORD.fullmatch(word):
                raise DeployError(
                    f"{what}={word!r} cannot be in a stack's name: lower-case letters, digits and single "
                    "dashes, beginning with a letter."
                )
        # Aliases, log groups and roles carry the stack's name; a role's has 64 characters at most.
        if len(str(self)) > _LONGEST_NAME - len("-Authorization-XXXXXXXXXXXX"):
            raise DeployError(f"{self} is too long a name for a stack, as its roles begin with it.")

    def __str__(self) -> str:
        return f"keyturn-{self.tenant}-{self.stage}"


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack as CloudFormation describes it; `status` is empty where there is none."""

    status: str = ""
    stack_id: str = ""
    reason: str = ""
    outputs: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    protected: bool = False

    @property
    def exists(self) -> bool:
        """Whether it holds, or held, resources. One under review is only the frame of a change set."""
        return self.status not in {"", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}

    @property
    def busy(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


def describe(aws: Aws, name: str) -> StackState:
    """The state of a stack, by name or id. Raises DeployError."""
    with said_plainly():
        try:
            (stack,) = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in error.response["Error"].get("Message", ""):
                return StackState()
            raise
    return StackState(
        status=stack["StackStatus"],
        stack_id=stack["StackId"],
        reason=stack.get("StackStatusReason", ""),
        outputs=_pairs(stack.get("Outputs", []), "OutputKey", "OutputValue"),
        parameters=_pairs(stack.get("Parameters", []), "ParameterKey", "ParameterValue"),
        tags=_pairs(stack.get("Tags", []), "Key", "Value"),
        protected=stack.get("EnableTerminationProtection", False),
    )


def _pairs(members: list[dict[str, Any]], key: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple((one[key], one[value]) for one in members)
