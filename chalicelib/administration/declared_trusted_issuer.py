"""Custom::KeyturnTrustedIssuer: an issuer whose assertions the clients of a stack present."""

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
from chalicelib.administration.trusted_issuers import (
    MEMBERS,
    TrustedIssuerAdministration,
    changed_trusted_issuer,
    complete,
)
from chalicelib.protocol.security_event import EventType
from chalicelib.protocol.trusted_issuer import MAX_ISSUER, TrustedIssuer
from chalicelib.record import replace

TYPE = "Custom::KeyturnTrustedIssuer"

_PROPERTIES = {**MEMBERS, "issuer": members.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTrustedIssuer:
    """Implements DeclaredKind. `administration` is that of trusted issuers without an owner, `issuer` this
    server's own identifier.
    """

    administration: TrustedIssuerAdministration
    issuer: str
    now: int

    def name_in(self, properties: Mapping[str, Any]) -> str | None:
        issuer = properties.get("issuer")
        if not isinstance(issuer, str) or not 0 < len(issuer.encode()) <= MAX_ISSUER:
            raise InvalidMember(
                "issuer is what its assertions have in iss, such as https://idp.example.com.", member="issuer"
            )
        if issuer == self.issuer:
            raise InvalidMember(
                "issuer is this tenant's own: it takes no assertions of itself.", member="issuer"
            )
        return issuer

    def make(
        self, name: str, properties: Mapping[str, Any], *, before: Mapping[str, Any] | None, owner: str
    ) -> Made:
        document = _document(properties)
        checked = changed_trusted_issuer(TrustedIssuer(issuer=name, issuer_name=""), complete(document))
        # Whoever holds its keys could otherwise be anybody who has an account: that is an operator's to say.
        if checked.subject == "local":
            raise InvalidMember(
                "subject is federated here. An issuer that speaks for people of this tenant (local) is "
                "trusted by an operator, on the command line.",
                member="subject",
            )
        administration = replace(self.administration, owner=owner)
        stood = _standing(administration, name)
        stands = self._register(administration, name, document)
        drift = () if stood is None or before is None else _drift(stood.record, before)
        return Made(
            attributes={"issuer": name, "audience": self.issuer}, events=_events(stood, stands), drift=drift
        )

    def has(self, name: str, *, owner: str) -> bool:
        found = self.administration.trusted_issuers.find(name)
        return found is not None and found.owner == owner

    def remove(self, name: str, *, owner: str) -> Made:
        try:
            replace(self.administration, owner=owner).delete(name)
        except (NotRegistered, OwnedByAnother):
            return Made()
        return Made(events=(("trusted_issuer_deleted", ()),))

    def _register(
        self, administration: TrustedIssuerAdministration, name: str, document: Mapping[str, Any]
    ) -> Registered[TrustedIssuer]:
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


def _document(properties: Mapping[str, Any]) -> dict[str, Any]:
    given = declared_members(properties, _PROPERTIES, kind=TYPE)
    return {member: value for member, value in given.items() if member in MEMBERS}


def _standing(administration: TrustedIssuerAdministration, name: str) -> Registered[TrustedIssuer] | None:
    try:
        return administration.find(name)
    except NotRegistered:
        return None
    except OwnedByAnother as other:
        raise _taken(other) from None


def _taken(why: AdministrationRefused) -> InvalidMember:
    return InvalidMember(f"{why} One declaration has all of it: its clients and scope too.", member="issuer")


def _events(
    stood: Registered[TrustedIssuer] | None, stands: Registered[TrustedIssuer]
) -> tuple[tuple[EventType, tuple[str, ...]], ...]:
    if stood is None:
        return (("trusted_issuer_created", ()),)
    changed = _differences(stood.record, stands.record)
    return (("trusted_issuer_changed", changed),) if changed else ()


def _drift(stood: TrustedIssuer, before: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        declared = changed_trusted_issuer(stood, complete(_document(before)))
    except AdministrationRefused:
        return ()
    return _differences(stood, declared)


def _differences(one: TrustedIssuer, other: TrustedIssuer) -> tuple[str, ...]:
    return tuple(name for name in MEMBERS if getattr(one, name) != getattr(other, name))
