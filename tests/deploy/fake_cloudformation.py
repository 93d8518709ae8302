"""CloudFormation's operations, as the deploy command uses them, over the stacks of the fake."""

import json
import re
import uuid
from typing import Any

from tests.deploy.fake_stack import PERHAPS, REPLACING, Plan, Stack, World, digest, outputs, resolved

PAGE = 25


class RefusedError(Exception):
    """An error as AWS answers it: code and message."""

    def __init__(self, message: str, code: str = "ValidationError") -> None:
        super().__init__(message)
        self.code = code


class FakeCloudFormation:
    """The stacks of one account in one region. Each describe_stacks lets an operation go a few steps on."""

    def __init__(self, templates: dict[str, bytes]) -> None:
        self.templates = templates
        self.world = World()
        self.stacks: list[Stack] = []
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.steps = 20
        self.refusing = ""

    def stack(self, name: str) -> Stack:
        """A stack by name (if not deleted) or by id."""
        for one in self.stacks[::-1]:
            if one.stack_id == name or (one.name == name and one.status != "DELETE_COMPLETE"):
                return one
        raise RefusedError(f"Stack with id {name} does not exist")

    def answer(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        answered: dict[str, Any] = getattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower())(**asked)
        return answered

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        stack = self.stack(StackName)
        for _ in range(self.steps):
            stack.step()
        found = outputs(stack.template, stack.parameters, stack.name) if "COMPLETE" in stack.status else {}
        return {
            "Stacks": [
                {
                    "StackId": stack.stack_id,
                    "StackName": stack.name,
                    "StackStatus": stack.status,
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "EnableTerminationProtection": stack.protected,
                    "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in found.items()],
                    "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
                    "Parameters": [
                        {"ParameterKey": key, "ParameterValue": value}
                        for key, value in stack.parameters.items()
                    ],
                }
            ]
        }

    def create_change_set(self, **asked: Any) -> dict[str, Any]:
        name, kind = asked["StackName"], asked["ChangeSetType"]
        try:
            stack = self.stack(name)
        except RefusedError:
            if kind == "UPDATE":
                raise
            stack = Stack(name, self.world)
            self.stacks.append(stack)
        if kind == "CREATE" and stack.status != "REVIEW_IN_PROGRESS":
            raise RefusedError(
                f"Stack [{name}] already exists and cannot be created again with the changeSet."
            )
        if stack.work or stack.status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}:
            raise RefusedError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
        template = json.loads(self.templates[asked["TemplateURL"].split("amazonaws.com/")[1]])
        parameters = self._parameters(template, asked.get("Parameters", []), stack)
        tags = {one["Key"]: one["Value"] for one in asked.get("Tags", [])}
        imported = {
            one["LogicalResourceId"]: next(iter(one["ResourceIdentifier"].values()))
            for one in asked.get("ResourcesToImport", [])
        }
        reason = self._import_fault(template, imported) if kind == "IMPORT" else self.refusing
        changes = [] if reason else self._changes(stack, template, parameters, imported)
        if not changes and not reason and tags == stack.tags:
            reason = "The submitted information didn't contain changes. Submit different information."
        change_set_id = f"arn:aws:cloudformation:eu-central-1:1:changeSet/x/{uuid.uuid4()}"
        plan = Plan(kind, template, parameters, tags, changes, imported)
        self.change_sets[change_set_id] = {"stack": stack, "plan": plan, "reason": reason, "asked": 0}
        return {"Id": change_set_id, "StackId": stack.stack_id}

    def describe_change_set(self, ChangeSetName: str, NextToken: str = "0") -> dict[str, Any]:
        change_set = self.change_sets[ChangeSetName]
        change_set["asked"] += 1
        status = "FAILED" if change_set["reason"] else "CREATE_COMPLETE"
        start, changes = int(NextToken), change_set["plan"].changes
        answered: dict[str, Any] = {
            "Status": "CREATE_IN_PROGRESS" if change_set["asked"] == 1 else status,
            "StatusReason": change_set["reason"],
            "Changes": [{"ResourceChange": _shown(one)} for one in changes[start : start + PAGE]],
        }
        return answered | ({"NextToken": str(start + PAGE)} if start + PAGE < len(changes) else {})

    def delete_change_set(self, ChangeSetName: str) -> dict[str, Any]:
        del self.change_sets[ChangeSetName]
        return {}

    def execute_change_set(
        self,
        ChangeSetName: str,
        ClientRequestToken: str,
        DisableRollback: str = "false",
    ) -> dict[str, Any]:
        change_set = self.change_sets[ChangeSetName]
        stack = change_set["stack"]
        stack.token = ClientRequestToken
        stack.policies_seen.append(stack.policy)
        stack.work = stack.apply(change_set["plan"], disable_rollback=DisableRollback == "true")
        return {}

    def describe_stack_events(self, StackName: str, NextToken: str = "0") -> dict[str, Any]:
        events, start = self.stack(StackName).events[::-1], int(NextToken)
        more = {"NextToken": str(start + PAGE)} if start + PAGE < len(events) else {}
        return {"StackEvents": events[start : start + PAGE]} | more

    def delete_stack(self, StackName: str, ClientRequestToken: str = "") -> dict[str, Any]:
        stack = self.stack(StackName)
        if stack.protected:
            raise RefusedError(
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        stack.token = ClientRequestToken
        if stack.status == "REVIEW_IN_PROGRESS":
            stack.status = "DELETE_COMPLETE"
        else:
            stack.work = stack.delete()
        return {}

    def get_template(self, StackName: str, TemplateStage: str) -> dict[str, Any]:
        assert TemplateStage == "Processed"
        return {"TemplateBody": json.dumps(self.stack(StackName).template)}

    def set_stack_policy(self, StackName: str, StackPolicyBody: str) -> dict[str, Any]:
        self.stack(StackName).policy = json.loads(StackPolicyBody)
        return {}

    def update_termination_protection(
        self,
        StackName: str,
        EnableTerminationProtection: str,
    ) -> dict[str, Any]:
        stack = self.stack(StackName)
        stack.protected = EnableTerminationProtection == "true"
        return {"StackId": stack.stack_id}

    def list_stacks(self, StackStatusFilter: list[str]) -> dict[str, Any]:
        found = [one for one in self.stacks if one.status in StackStatusFilter and one.deleted_at]
        return {
            "StackSummaries": [
                {
                    "StackId": one.stack_id,
                    "StackName": one.name,
                    "StackStatus": one.status,
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "DeletionTime": one.deleted_at,
                }
                for one in found
            ]
        }

    def list_stack_resources(self, StackName: str) -> dict[str, Any]:
        found = self.stack(StackName).resources
        return {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": name,
                    "PhysicalResourceId": one["physical"],
                    "ResourceType": one["type"],
                    "ResourceStatus": one["status"],
                    "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
                }
                for name, one in found.items()
            ]
        }

    def _parameters(
        self, template: dict[str, Any], given: list[dict[str, str]], stack: Stack
    ) -> dict[str, str]:
        declared = template.get("Parameters", {})
        values = {name: str(one["Default"]) for name, one in declared.items() if "Default" in one}
        for one in given:
            name = one["ParameterKey"]
            if name not in declared:
                raise RefusedError(f"Parameters: [{name}] do not exist in the template")
            values[name] = stack.parameters[name] if one.get("UsePreviousValue") else one["ParameterValue"]
            pattern = declared[name].get("AllowedPattern", "")
            if pattern and not re.fullmatch(pattern, values[name]):
                said = declared[name].get("ConstraintDescription", pattern)
                raise RefusedError(f"Parameter '{name}' failed to satisfy constraint: {said}")
        return values

    def _import_fault(self, template: dict[str, Any], imported: dict[str, str]) -> str:
        if template.get("Outputs"):
            return "As part of the import operation, you cannot modify or add [Outputs]"
        if set(template["Resources"]) != set(imported):
            return "You have modified resources in your template that are not being imported."
        for name, physical in imported.items():
            if "DeletionPolicy" not in template["Resources"][name]:
                return f"Resources to import [{name}] must have DeletionPolicy attribute specified."
            if physical not in self.world.resources:
                return f"Resource {name} with identifier {physical} was not found."
            if owner := self.world.resources[physical]["owner"]:
                return f"Resource {physical} already exists in stack {owner}."
        return ""

    def _changes(
        self, stack: Stack, template: dict[str, Any], parameters: dict[str, str], imported: dict[str, str]
    ) -> list[tuple[str, str, str]]:
        old = resolved(stack.template, stack.parameters, stack.name)
        new = resolved(template, parameters, stack.name)
        found = []
        for name, one in new.items():
            if name in imported:
                found.append(("import", name, one["Type"]))
            elif name not in stack.resources:
                found.append(("add", name, one["Type"]))
            elif digest(old[name]) != digest(one):
                found.append((_verb(old[name], one), name, one["Type"]))
        return found + [("remove", name, old[name]["Type"]) for name in old if name not in new]


def _verb(old: dict[str, Any], new: dict[str, Any]) -> str:
    keys = set(old["Properties"]) | set(new["Properties"])
    changed = {key for key in keys if old["Properties"].get(key) != new["Properties"].get(key)}
    if changed & REPLACING.get(new["Type"], set()):
        return "replace"
    return "maybe" if changed & PERHAPS.get(new["Type"], set()) else "modify"


def _shown(change: tuple[str, str, str]) -> dict[str, Any]:
    verb, name, kind = change
    action = {"add": "Add", "remove": "Remove", "import": "Import"}.get(verb, "Modify")
    replacement = {"replace": "True", "maybe": "Conditional", "modify": "False"}.get(verb)
    shown = {"Action": action, "LogicalResourceId": name, "ResourceType": kind}
    return shown | ({"Replacement": replacement} if replacement else {})
