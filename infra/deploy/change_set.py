"""What an operation would change, before it changes anything."""

import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.deploy_error import DeployError

# Their loss is the tenant's: everything else can be made again.
PROTECTED_TYPES = ("AWS::DynamoDB::Table", "AWS::KMS::Key")
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_PATIENCE_S = 600


@dataclass(frozen=True, slots=True)
class Change:
    """One resource's change. `verb` is add, modify, replace, maybe (replace), remove or import."""

    verb: str
    logical_id: str
    kind: str
    policy: str = ""

    @property
    def endangers(self) -> bool:
        """Whether it would, or could, take a table or a key from the stack."""
        return self.kind in PROTECTED_TYPES and self.verb in {"replace", "maybe", "remove"}


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set that can be executed."""

    change_set_id: str
    stack_id: str
    changes: tuple[Change, ...]

    def endangered(self, allowed: Collection[str]) -> tuple[Change, ...]:
        """The changes of tables and keys that nobody allowed by name."""
        return tuple(one for one in self.changes if one.endangers and one.logical_id not in allowed)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask of CloudFormation. `kind` is CREATE, UPDATE or IMPORT."""

    stack: str
    kind: str
    template_url: str
    parameters: list[dict[str, Any]]
    tags: Mapping[str, str]
    resources_to_import: list[dict[str, Any]] | None = None


def create_change_set(aws: Aws, request: Request, *, interval_s: float) -> ChangeSet | None:
    """Makes a change set and waits for it; None where there is nothing to change. Raises DeployError."""
    arguments: dict[str, Any] = {
        "StackName": request.stack,
        "ChangeSetName": f"keyturn-{uuid.uuid4().hex[:12]}",
        "ChangeSetType": request.kind,
        "TemplateURL": request.template_url,
        "Parameters": request.parameters,
        "Tags": [{"Key": key, "Value": value} for key, value in request.tags.items()],
        "Capabilities": ["CAPABILITY_IAM"],
    }
    if request.resources_to_import:
        arguments["ResourcesToImport"] = request.resources_to_import
    with said_plainly():
        made = aws.cloudformation.create_change_set(**arguments)
        described = _wait(aws, made["Id"], interval_s)
        if described["Status"] == "FAILED":
            reason = described.get("StatusReason", "CloudFormation does not say why.")
            aws.cloudformation.delete_change_set(ChangeSetName=made["Id"])
            if any(words in reason for words in _NOTHING):
                return None
            if request.kind != "UPDATE":
                # Nothing but the frame of a stack was made.
                aws.cloudformation.delete_stack(StackName=made["StackId"])
            raise DeployError(f"CloudFormation refuses the template or its parameters: {reason}")
        changes = list(described.get("Changes", []))
        while token := described.get("NextToken"):
            described = aws.cloudformation.describe_change_set(ChangeSetName=made["Id"], NextToken=token)
            changes += described.get("Changes", [])
    return ChangeSet(made["Id"], made["StackId"], tuple(_change(one["ResourceChange"]) for one in changes))


def discard(aws: Aws, change_set: ChangeSet, *, frame: bool) -> None:
    """Deletes a change set nobody wants, and the empty stack it was for, if that is a mere frame."""
    with said_plainly():
        aws.cloudformation.delete_change_set(ChangeSetName=change_set.change_set_id)
        if frame:
            aws.cloudformation.delete_stack(StackName=change_set.stack_id)


def _wait(aws: Aws, change_set_id: str, interval_s: float) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        described: dict[str, Any] = aws.cloudformation.describe_change_set(ChangeSetName=change_set_id)
        if described["Status"] in {"CREATE_COMPLETE", "FAILED"}:
            return described
        if time.monotonic() > deadline:
            raise DeployError(
                "CloudFormation made no change set in ten minutes. Nothing was changed; try again."
            )
        time.sleep(interval_s)


def _change(change: dict[str, Any]) -> Change:
    verb = {"Add": "add", "Modify": "modify", "Remove": "remove", "Import": "import"}.get(
        change["Action"], change["Action"].lower()
    )
    if verb == "modify":
        verb = {"True": "replace", "Conditional": "maybe"}.get(change.get("Replacement", "False"), "modify")
    return Change(verb, change["LogicalResourceId"], change["ResourceType"], change.get("PolicyAction", ""))
