"""What a stack declares of a tenant, and how its events are served: create, update, replace, delete.

CloudFormation tells one event at a time of each resource, perhaps more than once, and calls an update with
the properties swapped when it rolls back. So everything here makes what is declared, whatever stands there.
"""

import base64
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chalicelib.administration.refusals import AdministrationRefused
from chalicelib.protocol.security_event import EventType

RequestType = Literal["Create", "Update", "Delete"]

# As much of a stack's and a resource's name as AWS puts into the names it makes.
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationEvent:
    """One event of one resource of one stack. `stack_id` is the stack's ARN, `physical_resource_id` the name
    the resource bears since it was made, None while it is being made.
    """

    request_type: RequestType
    request_id: str
    stack_id: str
    logical_resource_id: str
    resource_type: str
    physical_resource_id: str | None
    properties: Mapping[str, Any] = field(default_factory=dict, hash=False)
    old_properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def owner(self) -> str:
        """Who declares it: this resource of this stack, and no other of the same name after it."""
        return owner_of(self.stack_id, self.logical_resource_id)

    @property
    def chosen_name(self) -> str:
        """The name of what names itself nothing: the same for every event of this resource, so that a
        repeated event makes nothing twice and a rollback finds what it goes back to.
        """
        stack = self.stack_id.rpartition(":")[2].split("/")[1:2]
        digest = base64.b32encode(hashlib.sha256(self.owner.encode()).digest()).decode()
        names = (*stack, self.logical_resource_id)
        return "-".join([*(name[:_NAME_LENGTH] for name in names), digest[:12]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was done: the attributes a template can ask for, what is told to the audit trail, each with the
    members it changed, and the members somebody else had changed since the declaration before.
    """

    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    events: tuple[tuple[EventType, tuple[str, ...]], ...] = ()
    drift: tuple[str, ...] = ()


class DeclaredKind(Protocol):
    """One kind of resource. Every method raises AdministrationRefused and TemporarilyUnavailable."""

    def name_in(self, properties: Mapping[str, Any]) -> str | None:
        """The name the properties give, None where it is chosen for them."""

    def make(
        self, name: str, properties: Mapping[str, Any], *, before: Mapping[str, Any] | None, owner: str
    ) -> Made:
        """Makes what is declared: new, or out of what `owner` declared under this name; done again, it
        changes nothing. `before` are the properties it was made of until now.
        """

    def has(self, name: str, *, owner: str) -> bool:
        """Whether `owner` declared it and it stands."""

    def remove(self, name: str, *, owner: str) -> Made:
        """Removes what `owner` declared. What is gone, or another's, stays as it is."""


def name_for(event: DeclarationEvent, kind: DeclaredKind) -> str:
    """The name the resource is to bear after a creation or an update. Raises AdministrationRefused."""
    named = kind.name_in(event.properties)
    if named is not None:
        return named
    present = event.physical_resource_id
    if present is not None and kind.name_in(event.old_properties) is None:
        return present
    return event.chosen_name


def make(event: DeclarationEvent, kind: DeclaredKind, *, name: str) -> Made:
    """Serves a creation or an update. Under another name than before, the update is a replacement:
    CloudFormation has the old one deleted later, or the new one where it rolls back.
    """
    replacement = event.physical_resource_id not in {None, name}
    before = event.old_properties if event.physical_resource_id == name else None
    stood = replacement and kind.has(name, owner=event.owner)
    try:
        return kind.make(name, event.properties, before=before, owner=event.owner)
    except Exception:
        # A failed update keeps its old name, so nobody else would ever remove the new one.
        if replacement and not stood:
            with suppress(Exception):
                kind.remove(name, owner=event.owner)
        raise


def remove(event: DeclarationEvent, kind: DeclaredKind) -> Made:
    """Serves a deletion, also of what was never made, or made without CloudFormation learning of it."""
    present = event.physical_resource_id or ""
    made = kind.remove(present, owner=event.owner)
    # CloudFormation makes a name up where it got no answer; the properties tell the one it has.
    name = present
    with suppress(AdministrationRefused):
        name = kind.name_in(event.properties) or event.chosen_name
    return made if made.events or name == present else kind.remove(name, owner=event.owner)


def owner_of(stack_id: str, logical_resource_id: str) -> str:
    """How an owner is written beside a record."""
    return f"{stack_id} {logical_resource_id}"
