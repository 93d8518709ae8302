"""CloudFormation as far as custom resources meet it: events in its order, rollbacks, retries, time-outs.

Every scalar is handed over as text, a resource after what it names, a deletion in the opposite order. A
failed update is taken back by an update with the properties swapped, a replaced resource deleted at the end.
"""

import copy
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.intrinsics import Resolver
from tests.support.custom_resource_provider import Provider

Resources = dict[str, dict[str, Any]]


@dataclass
class Standing:
    """A resource of the stack as CloudFormation remembers it."""

    type: str
    properties: dict[str, Any]
    physical_id: str
    attributes: dict[str, Any] = field(default_factory=dict)


class ResourceFailed(Exception):
    """A resource could not be made what it should be; the text is its reason."""


class CloudFormation:
    """One stack of an account. `resources` are what stands, `reasons` why something failed, in order."""

    def __init__(self, provider: Provider, name: str = "app") -> None:
        self.provider = provider
        self.stack_id = f"arn:aws:cloudformation:us-east-1:000000000000:stack/{name}/{uuid.uuid4()}"
        self.resources: dict[str, Standing] = {}
        self.reasons: list[str] = []
        self.status = ""

    def create(self, template: Resources, *, fails: bool = False) -> str:
        """Makes the stack. With `fails`, another resource of it fails after these."""
        try:
            for name in _in_order(template):
                self._create(name, template[name])
            _fail_where(fails=fails)
        except ResourceFailed:
            self._delete_all()
            return self._end("ROLLBACK_COMPLETE" if not self.resources else "ROLLBACK_FAILED")
        return self._end("CREATE_COMPLETE")

    def update(self, template: Resources, *, fails: bool = False) -> str:
        """Makes the stack this template."""
        before = copy.deepcopy(self.resources)
        replaced: list[tuple[str, Standing]] = []
        try:
            for name in _in_order(template):
                if name not in self.resources:
                    self._create(name, template[name])
                else:
                    replaced += self._update(name, template[name])
            _fail_where(fails=fails)
        except ResourceFailed:
            return self._roll_back(before)
        gone = [(name, self.resources.pop(name)) for name in reversed(before) if name not in template]
        for name, standing in (*replaced, *gone):
            self._delete(name, standing)
        return self._end("UPDATE_COMPLETE")

    def delete(self) -> str:
        """Removes the stack; what can't be stays."""
        self._delete_all()
        return self._end("DELETE_FAILED" if self.resources else "DELETE_COMPLETE")

    def get_att(self, name: str, attribute: str) -> Any:
        return self.resources[name].attributes[attribute]

    def ref(self, name: str) -> str:
        return self.resources[name].physical_id

    def _create(self, name: str, resource: dict[str, Any]) -> None:
        kind, properties = resource["Type"], self._resolved(resource)
        answer = self._ask("Create", name, kind, ResourceProperties=properties)
        # Without an answer nobody knows what it is called, and CloudFormation makes a name up.
        physical = answer["PhysicalResourceId"] if answer else f"app-{name}-1ABC2DEF3GHI"
        self.resources[name] = Standing(kind, properties, physical, (answer or {}).get("Data", {}))
        self._judge(answer)

    def _update(self, name: str, resource: dict[str, Any]) -> list[tuple[str, Standing]]:
        """What is to be deleted in the end, as this update replaced it."""
        standing, properties = self.resources[name], self._resolved(resource)
        if properties == standing.properties:
            return []
        answer = self._ask(
            "Update",
            name,
            standing.type,
            PhysicalResourceId=standing.physical_id,
            ResourceProperties=properties,
            OldResourceProperties=standing.properties,
        )
        old = copy.deepcopy(standing)
        standing.properties = properties
        if answer:
            standing.physical_id = answer["PhysicalResourceId"]
            standing.attributes = answer.get("Data", standing.attributes)
        self._judge(answer)
        return [(name, old)] if standing.physical_id != old.physical_id else []

    def _roll_back(self, before: dict[str, Standing]) -> str:
        superseded = []
        for name, standing in list(self.resources.items()):
            if name in before and standing.properties != before[name].properties:
                present = copy.deepcopy(standing)
                try:
                    self._update(name, {"Type": standing.type, "Properties": before[name].properties})
                except ResourceFailed:
                    return self._end("UPDATE_ROLLBACK_FAILED")
                if standing.physical_id != present.physical_id:
                    superseded.append((name, present))
        created = [
            (name, self.resources.pop(name)) for name in reversed(list(self.resources)) if name not in before
        ]
        for name, standing in (*superseded, *created):
            self._delete(name, standing)
        return self._end("UPDATE_ROLLBACK_COMPLETE")

    def _delete_all(self) -> None:
        for name in reversed(list(self.resources)):
            if self._delete(name, self.resources[name]):
                del self.resources[name]

    def _delete(self, name: str, standing: Standing) -> bool:
        answer = self._ask(
            "Delete",
            name,
            standing.type,
            PhysicalResourceId=standing.physical_id,
            ResourceProperties=standing.properties,
        )
        try:
            self._judge(answer)
        except ResourceFailed:
            return False
        return True

    def _ask(self, request_type: str, name: str, kind: str, **members: Any) -> dict[str, Any] | None:
        return self.provider.ask(
            {
                "RequestType": request_type,
                "RequestId": str(uuid.uuid4()),
                "StackId": self.stack_id,
                "ResourceType": kind,
                "LogicalResourceId": name,
                "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:CustomResources",
                **members,
            }
        )

    def _judge(self, answer: dict[str, Any] | None) -> None:
        if answer is None or answer["Status"] != "SUCCESS":
            self.reasons.append(answer["Reason"] if answer else "The custom resource did not answer in time.")
            raise ResourceFailed(self.reasons[-1])

    def _resolved(self, resource: dict[str, Any]) -> dict[str, Any]:
        resolver = Resolver(values={}, conditions={}, find=self._find)
        properties: dict[str, Any] = as_text(resolver.resolve(resource.get("Properties", {})))
        return {
            "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:CustomResources",
            **properties,
        }

    def _find(self, name: str, attribute: str) -> str:
        standing = self.resources[name]
        return str(standing.attributes[attribute]) if attribute else standing.physical_id

    def _end(self, status: str) -> str:
        self.status = status
        return status


def as_text(value: Any) -> Any:
    """Every scalar as CloudFormation hands it over."""
    if isinstance(value, Mapping):
        return {name: as_text(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_text(member) for member in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_order(template: Resources) -> list[str]:
    """Each resource after those it names."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        text = json.dumps(template[name].get("Properties", {}))
        for other in template:
            if (
                other != name
                and other not in ordered
                and re.search(rf'"(Ref|Fn::GetAtt)": \[?"{other}"', text)
            ):
                visit(other)
        if name not in ordered:
            ordered.append(name)

    for name in template:
        visit(name)
    return ordered


def _fail_where(*, fails: bool) -> None:
    if fails:
        raise ResourceFailed
