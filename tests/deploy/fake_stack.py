"""One stack of the fake: what its template makes, step by step, and how it fails.

Real rules, few resources' worth of knowledge: what CloudFormation does with change sets, stack policies,
deletion policies and failures; of each service only whether its resource can be made.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.intrinsics import Resolver

# What cannot change in place. A change of the second kind may or may not: CloudFormation cannot tell.
REPLACING = {
    "AWS::DynamoDB::Table": {"KeySchema", "TableName"},
    "AWS::KMS::Key": {"KeySpec", "KeyUsage"},
    "AWS::Lambda::Version": {"Description", "FunctionName"},
}
PERHAPS = {"AWS::DynamoDB::Table": {"AttributeDefinitions"}}
STACK = "AWS::CloudFormation::Stack"
ACCOUNT = "111122223333"


@dataclass
class World:
    """What exists beside stacks: resources by physical id, and what is to go wrong."""

    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    failing: dict[tuple[str, str], str] = field(default_factory=dict)
    count: int = 0

    def make(self, stack: str, logical_id: str, kind: str) -> str:
        self.count += 1
        made = (
            str(uuid.UUID(int=self.count))
            if kind == "AWS::KMS::Key"
            else f"{stack}-{logical_id}-{self.count:04X}"
        )
        self.resources[made] = {"type": kind, "owner": stack}
        return made

    def failure(self, verb: str, logical_id: str) -> str:
        """Why this fails, once."""
        return self.failing.pop((verb, logical_id), "")


@dataclass
class Stack:
    """A stack and its history. `work` is the operation under way, a step at a time."""

    name: str
    world: World
    status: str = "REVIEW_IN_PROGRESS"
    template: dict[str, Any] = field(default_factory=lambda: {"Resources": {}})
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    policy: dict[str, Any] | None = None
    policies_seen: list[dict[str, Any] | None] = field(default_factory=list)
    protected: bool = False
    deleted_at: str = ""
    token: str = ""
    work: Iterator[None] | None = None

    def __post_init__(self) -> None:
        self.stack_id = f"arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/{self.name}/{uuid.uuid4()}"

    def step(self) -> None:
        """One step of the operation under way."""
        if self.work is not None and next(self.work, self) is self:
            self.work = None

    def event(self, logical_id: str, kind: str, status: str, reason: str = "") -> None:
        self.events.append(
            {
                "StackId": self.stack_id,
                "EventId": f"{logical_id}-{len(self.events)}",
                "StackName": self.name,
                "LogicalResourceId": logical_id,
                "ResourceType": kind,
                "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "ClientRequestToken": self.token,
            }
        )
        if kind == STACK:
            self.status = status

    def own(self, status: str, reason: str = "") -> None:
        self.event(self.name, STACK, status, reason)

    def apply(self, plan: "Plan", *, disable_rollback: bool) -> Iterator[None]:
        """An execution of a change set: CREATE, UPDATE or IMPORT."""
        verb = plan.kind
        self.own(f"{verb}_IN_PROGRESS", "User Initiated")
        before = (self.template, self.parameters, {name: dict(one) for name, one in self.resources.items()})
        yield
        failed = False
        for action, name, kind in plan.changes:
            reason = self._refusal(action, name, kind) or self.world.failure(action, name)
            doing = {"add": "CREATE", "import": "IMPORT"}.get(action, "UPDATE")
            if action == "remove":
                continue
            self.event(name, kind, f"{doing}_IN_PROGRESS")
            if failed:
                words = "creation" if doing == "CREATE" else "update"
                self.event(name, kind, f"{doing}_FAILED", f"Resource {words} cancelled")
                continue
            if reason:
                self.event(name, kind, f"{doing}_FAILED", reason)
                failed = True
                continue
            self._make(plan, action, name, kind)
            self.event(name, kind, f"{doing}_COMPLETE")
            yield
        if failed and disable_rollback:
            # What was made is the stack's now; the next update goes on from there.
            made = {name: plan.template["Resources"][name] for name in self.resources}
            self.template = {**plan.template, "Resources": made, "Outputs": {}}
            self.parameters = plan.parameters
            self.own(f"{verb}_FAILED", "The following resource(s) failed to create.")
        elif failed:
            yield from self._roll_back(verb, before)
        else:
            self.template, self.parameters, self.tags = plan.template, plan.parameters, plan.tags
            self.own(f"{verb}_COMPLETE_CLEANUP_IN_PROGRESS" if verb == "UPDATE" else f"{verb}_COMPLETE")
            yield
            yield from self._clean_up(plan)
            if verb == "UPDATE":
                self.own("UPDATE_COMPLETE")

    def delete(self) -> Iterator[None]:
        self.own("DELETE_IN_PROGRESS", "User Initiated")
        yield
        failed = False
        for name in list(self.resources)[::-1]:
            kind, physical = self.resources[name]["type"], self.resources[name]["physical"]
            if self.template["Resources"].get(name, {}).get("DeletionPolicy") == "Retain":
                self.resources[name]["status"] = "DELETE_SKIPPED"
                self.world.resources[physical]["owner"] = None
                self.event(name, kind, "DELETE_SKIPPED")
            elif reason := self.world.failure("delete", name):
                self.event(name, kind, "DELETE_FAILED", reason)
                failed = True
            else:
                self.world.resources.pop(physical, None)
                self.resources[name]["status"] = "DELETE_COMPLETE"
                self.event(name, kind, "DELETE_COMPLETE")
            yield
        if failed:
            self.own("DELETE_FAILED", "The following resource(s) failed to delete.")
        else:
            self.own("DELETE_COMPLETE")
            self.deleted_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _refusal(self, action: str, name: str, kind: str) -> str:
        """What the stack policy says against it."""
        denied = {"replace": "Update:Replace", "remove": "Update:Delete"}.get(action)
        for statement in (self.policy or {}).get("Statement", []):
            if (
                statement["Effect"] == "Deny"
                and denied in statement["Action"]
                and kind in statement["Condition"]["StringEquals"]["ResourceType"]
                and f"LogicalResourceId/{name}" not in statement.get("NotResource", [])
            ):
                what = f"[{denied}] for resource [{name}]"
                return f"Action denied by stack policy: Statement [#1] does not allow {what}"
        return ""

    def _make(self, plan: "Plan", action: str, name: str, kind: str) -> None:
        if action == "import":
            physical = plan.imported[name]
            self.world.resources[physical]["owner"] = self.name
        elif action in {"add", "replace"}:
            physical = self.world.make(self.name, name, kind)
        else:
            physical = self.resources[name]["physical"]
        self.resources[name] = {"type": kind, "physical": physical, "status": f"{plan.kind}_COMPLETE"}

    def _roll_back(self, verb: str, before: tuple[Any, ...]) -> Iterator[None]:
        self.own("ROLLBACK_IN_PROGRESS" if verb == "CREATE" else f"{verb}_ROLLBACK_IN_PROGRESS", "It failed.")
        yield
        if reason := self.world.failure("rollback", self.name):
            self.own(f"{verb}_ROLLBACK_FAILED", reason)
            return
        self.template, self.parameters, resources = before
        for name in [name for name in self.resources if name not in resources]:
            self.event(name, self.resources[name]["type"], "DELETE_COMPLETE")
            self.world.resources[self.resources[name]["physical"]]["owner"] = None
        self.resources = resources
        self.own("ROLLBACK_COMPLETE" if verb == "CREATE" else f"{verb}_ROLLBACK_COMPLETE")

    def _clean_up(self, plan: "Plan") -> Iterator[None]:
        for action, name, kind in plan.changes:
            if action == "remove":
                self.world.resources.pop(self.resources.pop(name)["physical"], None)
                self.event(name, kind, "DELETE_COMPLETE")
                yield


@dataclass
class Plan:
    """A change set's content."""

    kind: str
    template: dict[str, Any]
    parameters: dict[str, str]
    tags: dict[str, str]
    changes: list[tuple[str, str, str]]
    imported: dict[str, str]


def resolved(template: dict[str, Any], parameters: dict[str, str], stack: str) -> dict[str, dict[str, Any]]:
    """A template's resources that its conditions make, parameters filled in."""
    pseudo = {"AWS::StackName": stack, "AWS::Region": "eu-central-1", "AWS::AccountId": ACCOUNT}
    pseudo |= {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
    find: Callable[[str, str], str] = lambda name, attribute: f"<{name}.{attribute}>"  # noqa: E731
    resolver = Resolver(values=pseudo | parameters, conditions=template.get("Conditions", {}), find=find)
    return {
        name: {**one, "Properties": resolver.resolve(one.get("Properties", {}))}
        for name, one in template["Resources"].items()
        if "Condition" not in one or resolver.holds(one["Condition"])
    }


def outputs(template: dict[str, Any], parameters: dict[str, str], stack: str) -> dict[str, str]:
    """A template's outputs, as far as the fake can tell."""
    asked = {"Conditions": template.get("Conditions", {}), "Resources": {}}
    for name, one in template.get("Outputs", {}).items():
        asked["Resources"][name] = {"Properties": one} | (
            {"Condition": one["Condition"]} if "Condition" in one else {}
        )
    return {name: str(one["Properties"]["Value"]) for name, one in resolved(asked, parameters, stack).items()}


def digest(value: Any) -> str:
    """Tells one value from another."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
