"""Custom::KeyturnClient: a client by the names of RFC 7591 section 2, its secret where AWS keeps secrets."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.administration import members
from chalicelib.administration.client_document import MEMBERS, changed_client, complete
from chalicelib.administration.clients import (
    MAX_FORMER_SECONDS,
    ClientAdministration,
    check_metadata,
    needs_secret,
    new_client_secret,
)
from chalicelib.administration.declaration import Made
from chalicelib.administration.declared_properties import declared_members
from chalicelib.administration.declared_record import differences, events, replaced_or_registered, standing
from chalicelib.administration.refusals import (
    AdministrationRefused,
    InvalidMember,
    NotRegistered,
    OwnedByAnother,
)
from chalicelib.administration.registry import Registered
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client
from chalicelib.protocol.security_event import EventType
from chalicelib.record import replace

TYPE = "Custom::KeyturnClient"
# A day: what keeps a secret in memory asks for it anew within that.
FORMER_SECONDS = 86_400

_OWN = {
    "client_id": members.text,
    "secret_version": members.text,
    "former_secret_lifetime": members.number,
}
_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# RFC 9700 section 4.15: the sub of a client's own tokens is its client_id, so it must be nobody's sub. Those
# made here are so many letters and digits (administration/users.py).
_SUB = re.compile(r"[A-Za-z0-9]{22}")


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A client's secret, and the ARN of where it is kept."""

    arn: str
    value: str


class ClientSecrets(Protocol):
    """Where secrets are kept for the applications that use them. Raises AdministrationRefused for what
    another owner keeps under the name, TemporarilyUnavailable.
    """

    def ensure(self, client_id: str, *, version: str, new: str, owner: str) -> ClientSecret:
        """The secret of this version, current from now on. `new` becomes it where there is none yet; of
        several callers at once, all get the same.
        """

    def remove(self, client_id: str, *, owner: str) -> None:
        """Removes it with all versions, where there is one of this owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredClient:
    """Implements DeclaredKind. `administration` is that of clients without an owner."""

    administration: ClientAdministration
    secrets: ClientSecrets
    issuer: str
    random: RandomText
    now: int

    def name_in(self, properties: Mapping[str, Any]) -> str | None:
        client_id = properties.get("client_id")
        if client_id is None:
            return None
        return _checked(client_id)

    def make(
        self, name: str, properties: Mapping[str, Any], *, before: Mapping[str, Any] | None, owner: str
    ) -> Made:
        _checked(name)
        given = declared_members(properties, {**MEMBERS, **_OWN}, kind=TYPE)
        former_for = _former_seconds(given)
        version = _version(owner, name, given.pop("secret_version", "1"))
        metadata = {member: value for member, value in given.items() if member in MEMBERS}
        check_metadata(metadata, client_id=name, migration=self.administration.migration)
        administration = self._of(owner)
        stood = standing(lambda: administration.find(name), taken=_taken)
        secret = self._secret(name, version, owner) if needs_secret(metadata) else None
        stands = self._register(administration, name, metadata, secret)
        if secret is not None:
            stands = administration.rotate_secret(name, secret.value, former_for=former_for, now=self.now)
        attributes = {"client_id": name, "issuer": self.issuer}
        if secret is not None:
            attributes["client_secret_arn"] = secret.arn
        drift = () if stood is None or before is None else _drift(stood.record, before)
        return Made(attributes=attributes, events=_events(stood, stands), drift=drift)

    def has(self, name: str, *, owner: str) -> bool:
        found = self.administration.clients.find(name)
        return found is not None and found.owner == owner

    def remove(self, name: str, *, owner: str) -> Made:
        if not _CLIENT_ID.fullmatch(name):
            return Made()
        events: tuple[tuple[EventType, tuple[str, ...]], ...] = ()
        try:
            self._of(owner).delete(name)
            events = (("client_deleted", ()),)
        except OwnedByAnother:
            return Made()
        except NotRegistered:
            pass
        # Second, so that a secret that opens something is never the one that is lost.
        self.secrets.remove(name, owner=owner)
        return Made(events=events)

    def _register(
        self,
        administration: ClientAdministration,
        name: str,
        metadata: Mapping[str, Any],
        secret: ClientSecret | None,
    ) -> Registered[Client]:
        value = None if secret is None else secret.value
        return replaced_or_registered(
            lambda: administration.replace(name, metadata, secret=value, now=self.now),
            lambda: administration.register(metadata, client_id=name, secret=value, now=self.now),
            owner=administration.owner,
            taken=_taken,
        )

    def _secret(self, name: str, version: str, owner: str) -> ClientSecret:
        new = new_client_secret(self.random)
        return self.secrets.ensure(name, version=version, new=new, owner=owner)

    def _of(self, owner: str) -> ClientAdministration:
        return replace(self.administration, owner=owner)


def _checked(client_id: Any) -> str:
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        raise InvalidMember(
            "client_id is 1 to 128 letters, digits, dots, dashes, underscores; left out, one is made.",
            member="client_id",
        )
    if _SUB.fullmatch(client_id):
        raise InvalidMember(
            "client_id is of the form of a person's sub: 22 letters and digits. Left out, one is made.",
            member="client_id",
        )
    return client_id


def _former_seconds(given: dict[str, Any]) -> int:
    seconds = given.pop("former_secret_lifetime", FORMER_SECONDS)
    if not isinstance(seconds, int) or seconds > MAX_FORMER_SECONDS:
        raise InvalidMember(
            f"former_secret_lifetime is 0 to {MAX_FORMER_SECONDS} seconds.", member="former_secret_lifetime"
        )
    return seconds


def _version(owner: str, name: str, number: Any) -> str:
    """What Secrets Manager names the version by: the same for every event that declares it."""
    if not isinstance(number, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", number):
        raise InvalidMember(
            "secret_version is a number, or a word; another one gives the client another secret.",
            member="secret_version",
        )
    return hashlib.sha256(f"{owner}\n{name}\n{number}".encode()).hexdigest()


def _taken(why: AdministrationRefused) -> InvalidMember:
    return InvalidMember(f"{why} Declare another client_id, or delete that client first.", member="client_id")


def _events(
    stood: Registered[Client] | None, stands: Registered[Client]
) -> tuple[tuple[EventType, tuple[str, ...]], ...]:
    told = events(stood, stands, members=MEMBERS, created="client_created", changed="client_changed")
    if stood is not None and stood.record.client_secret_hashes != stands.record.client_secret_hashes:
        return (*told, ("client_secret_changed", ()))
    return told


def _drift(stood: Client, before: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        given = declared_members(before, {**MEMBERS, **_OWN}, kind=TYPE)
        metadata = {member: value for member, value in given.items() if member in MEMBERS}
        declared = changed_client(stood, complete(metadata))
    except AdministrationRefused:
        return ()
    return differences(stood, declared, members=MEMBERS)
