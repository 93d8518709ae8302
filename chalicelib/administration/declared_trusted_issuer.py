"""Custom::KeyturnTrustedIssuer: an issuer whose assertions the clients of a stack present."""

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
from chalicelib.administration.trusted_issuers import (
    MEMBERS,
    TrustedIssuerAdministration,
    changed_trusted_issuer,
    complete,
)
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
        stood = standing(lambda: administration.find(name), taken=_taken)
        stands = replaced_or_registered(
            lambda: administration.replace(name, document, now=self.now),
            lambda: administration.register(name, document, now=self.now),
            owner=owner,
            taken=_taken,
        )
        told = events(
            stood, stands, members=MEMBERS, created="trusted_issuer_created", changed="trusted_issuer_changed"
        )
        drift = () if stood is None or before is None else _drift(stood.record, before)
        return Made(attributes={"issuer": name, "audience": self.issuer}, events=told, drift=drift)

    def has(self, name: str, *, owner: str) -> bool:
        found = self.administration.trusted_issuers.find(name)
        return found is not None and found.owner == owner

    def remove(self, name: str, *, owner: str) -> Made:
        try:
            replace(self.administration, owner=owner).delete(name)
        except (NotRegistered, OwnedByAnother):
            return Made()
        return Made(events=(("trusted_issuer_deleted", ()),))


def _document(properties: Mapping[str, Any]) -> dict[str, Any]:
    given = declared_members(properties, _PROPERTIES, kind=TYPE)
    return {member: value for member, value in given.items() if member in MEMBERS}


def _taken(why: AdministrationRefused) -> InvalidMember:
    return InvalidMember(f"{why} One declaration has all of it: its clients and scope too.", member="issuer")


def _drift(stood: TrustedIssuer, before: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        declared = changed_trusted_issuer(stood, complete(_document(before)))
    except AdministrationRefused:
        return ()
    return differences(stood, declared, members=MEMBERS)
