"""Custom::KeyturnResourceServer: a resource server with its scopes, which mean nothing without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.declaration import Made
from chalicelib.administration.declared_properties import declared_members
from chalicelib.administration.declared_record import differences, events, replaced_or_registered, standing
from chalicelib.administration.refusals import (
    AdministrationRefused,
    InvalidMember,
    NotRegistered,
    OwnedByAnother,
)
from chalicelib.administration.resource_servers import (
    MEMBERS,
    ResourceServerAdministration,
    changed_resource_server,
    complete,
)
from chalicelib.protocol.resource import ResourceServer

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
        stood = standing(lambda: administration.find(name), taken=_taken)
        stands = replaced_or_registered(
            lambda: administration.replace(name, document, now=self.now),
            lambda: administration.register(name, document, now=self.now),
            owner=owner,
            taken=_taken,
        )
        told = events(
            stood,
            stands,
            members=MEMBERS,
            created="resource_server_created",
            changed="resource_server_changed",
        )
        drift = () if stood is None or before is None else _drift(stood.record, before)
        return Made(attributes={"resource": name, "issuer": self.issuer}, events=told, drift=drift)

    def has(self, name: str, *, owner: str) -> bool:
        found = self.administration.resource_servers.find(name)
        return found is not None and found.owner == owner

    def remove(self, name: str, *, owner: str) -> Made:
        try:
            self._of(owner).delete(name)
        except (NotRegistered, OwnedByAnother):
            return Made()
        return Made(events=(("resource_server_deleted", ()),))

    def _of(self, owner: str) -> ResourceServerAdministration:
        return ResourceServerAdministration(
            resource_servers=self.administration.resource_servers,
            random=self.administration.random,
            owner=owner,
        )


def _document(properties: Mapping[str, Any]) -> dict[str, Any]:
    given = declared_members(properties, _PROPERTIES, kind=TYPE)
    return {member: value for member, value in given.items() if member in MEMBERS}


def _taken(why: AdministrationRefused) -> InvalidMember:
    return InvalidMember(
        f"{why} Declare another resource, or delete that resource server first.", member="resource"
    )


def _drift(stood: ResourceServer, before: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        declared = changed_resource_server(stood, complete(_document(before)))
    except AdministrationRefused:
        return ()
    return differences(stood, declared, members=MEMBERS)
