"""Custom::KeyturnResourceServer: a resource server with its scopes, which mean nothing without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.declaration import Made
from chalicelib.administration.declared_properties import declared_members
from chalicelib.administration.refusals import (
    AdministrationRefused,
    AlreadyRegistered,
    InvalidMember,
    NotRegistered,
    OwnedByAnother,
)
from chalicelib.administration.registry import Registered
from chalicelib.administration.resource_servers import (
    MEMBERS,
    ResourceServerAdministration,
    changed_resource_server,
    complete,
)
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.security_event import EventType

TYPE = "Custom::KeyturnResourceServer"
# What CloudFormation keeps of a name.
MAX_RESOURCE = 1024

_PROPERTIES = {**MEMBERS, "resource": members.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResourceServer:
    """Implements DeclaredKind. `administration` is that of resource servers without an owner."""

    administration: ResourceServerAdministration
    issuer: str
    now: int

    def name_in(self, properties: Mapping[str, Any]) -> str | None:
        resource = properties.get("resource")
        if not isinstance(resource, str) or not 0 < len(resource.encode()) <= MAX_RESOURCE:
            raise InvalidMember(
                "resource is the resource server's identifier, such as https://api.example.com/.",
                member="resource",
            )
        return resource

    def make(
        self, name: str, properties: Mapping[str, Any], *, before: Mapping[str, Any] | None, owner: str
    ) -> Made:
        document = _document(properties)
        changed_resource_server(ResourceServer(resource=name, resource_name=""), complete(document))
        administration = self._of(owner)
        stood = _standing(administration, name)
        stands = self._register(administration, name, document)
        drift = () if stood is None or before is None else _drift(stood.record, before)
        return Made(
            attributes={"resource": name, "issuer": self.issuer}, events=_events(stood, stands), drift=drift
        )

    def has(self, name: str, *, owner: str) -> bool:
        found = self.administration.resource_servers.find(name)
        return found is not None and found.owner == owner

    def remove(self, name: str, *, owner: str) -> Made:
        try:
            self._of(owner).delete(name)
        except (NotRegistered, OwnedByAnother):
            return Made()
        return Made(events=(("resource_server_deleted", ()),))

    def _register(
        self, administration: ResourceServerAdministration, name: str, document: Mapping[str, Any]
    ) -> Registered[ResourceServer]:
        try:
            return administration.replace(name, document, now=self.now)
        except NotRegistered:
            pass
        try:
            return administration.register(name, document, now=self.now)
        except AlreadyRegistered as taken:
            if taken.owner != administration.owner:
                raise _taken(taken) from None
            # The same event a second time, at the same moment.
            return administration.replace(name, document, now=self.now)

    def _of(self, owner: str) -> ResourceServerAdministration:
        return ResourceServerAdministration(
            resource_servers=self.administration.resource_servers,
            random=self.administration.random,
            owner=owner,
        )


def _document(properties: Mapping[str, Any]) -> dict[str, Any]:
    given = declared_members(properties, _PROPERTIES, kind=TYPE)
    return {member: value for member, value in given.items() if member in MEMBERS}


def _standing(administration: ResourceServerAdministration, name: str) -> Registered[ResourceServer] | None:
    try:
        return administration.find(name)
    except NotRegistered:
        return None
    except OwnedByAnother as other:
        raise _taken(other) from None


def _taken(why: AdministrationRefused) -> InvalidMember:
    return InvalidMember(
        f"{why} Declare another resource, or delete that resource server first.", member="resource"
    )


def _events(
    stood: Registered[ResourceServer] | None, stands: Registered[ResourceServer]
) -> tuple[tuple[EventType, tuple[str, ...]], ...]:
    if stood is None:
        return (("resource_server_created", ()),)
    changed = _differences(stood.record, stands.record)
    return (("resource_server_changed", changed),) if changed else ()


def _drift(stood: ResourceServer, before: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        declared = changed_resource_server(stood, complete(_document(before)))
    except AdministrationRefused:
        return ()
    return _differences(stood, declared)


def _differences(one: ResourceServer, other: ResourceServer) -> tuple[str, ...]:
    return tuple(name for name in MEMBERS if getattr(one, name) != getattr(other, name))
