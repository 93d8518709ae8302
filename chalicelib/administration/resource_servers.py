"""Registering resource servers, with their scopes (RFC 8707, RFC 6749 section 3.3)."""

from collections.abc import Mapping
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.members import Parse, members_of
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember
from chalicelib.administration.registry import Administrator, Registered, Registry
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.resource_server_metadata import check_resource_server
from chalicelib.record import Record, replace


def _scopes(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(scope, str) and isinstance(words, str) for scope, words in value.items()
    ):
        raise InvalidMember(
            f"{name} is an object: each scope value with the words a person reads.", member=name
        )
    return dict(value)


MEMBERS: dict[str, Parse] = {
    "resource_name": members.text,
    "scopes": _scopes,
    "access_token_lifetime": members.number,
    "access_token_signing_alg": members.text,
    "access_token_format": members.text,
    "authorization_details_types": members.schemas,
    "exchange_clients": members.texts,
    "exchange_scopes": members.words_by_name,
    "open_to_unverified_clients": members.flag,
}
DEFAULTS: dict[str, Any] = {
    "resource_name": "",
    "scopes": {},
    "access_token_lifetime": None,
    "access_token_signing_alg": "ES256",
    "access_token_format": "jwt",
    "authorization_details_types": {},
    "exchange_clients": (),
    "exchange_scopes": {},
    "open_to_unverified_clients": False,
}


class ResourceServerAdministration(Record, kw_only=True):
    """Registers, changes and deletes resource servers. With `owner`, only what this owner registered.
    Every method raises a refusal of refusals.py, in one sentence, and TemporarilyUnavailable.
    """

    resource_servers: Registry[ResourceServer]
    random: RandomText
    owner: str | None = None

    def find(self, resource: str) -> Registered[ResourceServer]:
        """Raises NotRegistered, OwnedByAnother."""
        return self._administrator.find(resource)

    def register(self, resource: str, document: Mapping[str, Any], *, now: int) -> Registered[ResourceServer]:
        """A new resource server; `resource` is its identifier, the `aud` of its tokens. Raises InvalidMember,
        and AlreadyRegistered with the owner of what has this identifier.
        """
        blank = ResourceServer(resource=resource, resource_name="")
        server = changed_resource_server(blank, complete(document))
        made = self._administrator.create(server, now=now)
        if made is not None:
            return made
        found = self.resource_servers.find(resource)
        raise AlreadyRegistered(
            f"There is a resource server {resource} already.", owner=None if found is None else found.owner
        )

    def update(self, resource: str, document: Mapping[str, Any], *, now: int) -> Registered[ResourceServer]:
        """Changes the members the document has, null for the default, and no other. `scopes` is one member:
        what it no longer has ends for new tokens.
        """
        return self._administrator.change(
            resource, lambda server: changed_resource_server(server, document), now=now
        )

    def replace(self, resource: str, document: Mapping[str, Any], *, now: int) -> Registered[ResourceServer]:
        """Makes the document all there is: every other member is as by default."""
        return self.update(resource, complete(document), now=now)

    def set_scope(
        self, resource: str, scope: str, description: str | None, *, now: int
    ) -> Registered[ResourceServer]:
        """Gives the resource server one scope, or other words for it; without words, takes it away."""

        def change(server: ResourceServer) -> ResourceServer:
            others = {name: words for name, words in server.scopes.items() if name != scope}
            scopes = others if description is None else {**server.scopes, scope: description}
            return changed_resource_server(server, {"scopes": scopes})

        return self._administrator.change(resource, change, now=now)

    def delete(self, resource: str) -> Registered[ResourceServer]:
        """Deletes it and returns what it was. No more tokens are issued for it; those out expire."""
        return self._administrator.remove(resource)

    @property
    def _administrator(self) -> Administrator[ResourceServer]:
        return Administrator(
            kind="resource server", registry=self.resource_servers, random=self.random, owner=self.owner
        )


def changed_resource_server(server: ResourceServer, document: Mapping[str, Any]) -> ResourceServer:
    """The resource server with these members as the document has them, null for the default.

    Raises InvalidMember, where the whole can't be registered too.
    """
    parsed = members_of(document, MEMBERS, kind="resource server")
    changed = replace(
        server, **{name: DEFAULTS[name] if value is None else value for name, value in parsed.items()}
    )
    try:
        check_resource_server(changed)
    except ValueError as error:
        raise InvalidMember(str(error)) from None
    return changed


def resource_server_document(server: ResourceServer) -> dict[str, Any]:
    """The resource server without its identifier, and without the members that are as by default."""
    found = {name: getattr(server, name) for name in MEMBERS}
    carriers = {scope: list(values) for scope, values in server.exchange_scopes.items()}
    document = {**found, "exchange_clients": server.exchange_clients, "exchange_scopes": carriers}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in document.items()
        if value != DEFAULTS[name]
    }


def complete(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with null for every member it does not have."""
    return {**dict.fromkeys(MEMBERS), **document}
