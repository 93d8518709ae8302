"""Registering clients: what RFC 7591 and RFC 7592 do by HTTP, for those who run the tenant.

Secrets come from the caller, who shows or stores them once; only their hashes are kept.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.administration.client_document import changed_client, check_client, complete, uses_secret
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember
from chalicelib.administration.registry import Administrator, Registered, Registry, new_identifier
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.client_secret import hash_client_secret
from chalicelib.record import Record, replace

CLIENT_ID_BYTES = 16
SECRET_BYTES = 32
MIN_SECRET = 43
MAX_FORMER_SECONDS = 90 * 86_400


def new_client_id(random: RandomText) -> str:
    """An identifier nobody else has: letters and digits, which no command line takes for an option."""
    return new_identifier(random, CLIENT_ID_BYTES)


def new_client_secret(random: RandomText) -> str:
    """A secret of 256 random bits, which is why a plain hash keeps it."""
    return random(SECRET_BYTES)


class ClientAdministration(Record, kw_only=True):
    """Registers, changes and deletes clients.

    With `owner`, for whom it does so, it touches only what this owner registered; without, all. Every
    method raises a refusal of refusals.py, in one sentence, and TemporarilyUnavailable.
    """

    clients: Registry[Client]
    random: RandomText
    owner: str | None = None

    def find(self, client_id: str) -> Registered[Client]:
        """Raises NotRegistered, OwnedByAnother."""
        return self._administrator.find(client_id)

    def register(
        self, metadata: Mapping[str, Any], *, client_id: str, secret: str | None, now: int
    ) -> Registered[Client]:
        """A new client of this metadata (RFC 7591 section 2). `secret` must be given exactly where the
        method uses one: see `needs_secret`. Raises InvalidMember, and AlreadyRegistered with the owner
        of what has this client_id.
        """
        client = _of(metadata, client_id=client_id)
        client = _with_secret(replace(client, client_id_issued_at=now), secret)
        check_client(client)
        made = self._administrator.create(client, now=now)
        if made is not None:
            return made
        found = self.clients.find(client_id)
        raise AlreadyRegistered(
            f"There is a client {client_id} already.", owner=None if found is None else found.owner
        )

    def update(
        self, client_id: str, metadata: Mapping[str, Any], *, secret: str | None = None, now: int
    ) -> Registered[Client]:
        """Changes the members the metadata has, null for the default, and no other. `secret` is needed
        where the client comes to a method with one, and is not used where it has one already.
        """

        def change(client: Client) -> Client:
            changed = changed_client(client, metadata)
            if uses_secret(changed) and not changed.client_secret_hashes:
                changed = _with_secret(changed, secret)
            check_client(changed)
            return changed

        return self._administrator.change(client_id, change, now=now)

    def replace(
        self, client_id: str, metadata: Mapping[str, Any], *, secret: str | None = None, now: int
    ) -> Registered[Client]:
        """Makes the metadata all there is: as `update`, and every other member is as by default
        (RFC 7592 section 2.2).
        """
        return self.update(client_id, complete(metadata), secret=secret, now=now)

    def rotate_secret(self, client_id: str, secret: str, *, former_for: int, now: int) -> Registered[Client]:
        """Gives the client another secret. The one before it stays good for `former_for` seconds, 0 for
        not at all; any older one ends. With the secret it has already nothing changes.
        """
        if not 0 <= former_for <= MAX_FORMER_SECONDS:
            raise InvalidMember(f"A former secret stays good for 0 to {MAX_FORMER_SECONDS} seconds.")

        def change(client: Client) -> Client:
            if not uses_secret(client):
                method = client.token_endpoint_auth_method
                raise InvalidMember(f"The client {client_id} has no secret: it authenticates by {method}.")
            known = client.client_secret_hashes
            (new,) = _with_secret(client, secret).client_secret_hashes
            if new == known[0]:
                return client
            kept = known[:1] if former_for else ()
            return replace(
                client,
                client_secret_hashes=(new, *kept),
                former_secrets_expire_at=now + former_for if kept else None,
            )

        return self._administrator.change(client_id, change, now=now)

    def end_former_secrets(self, client_id: str, *, now: int) -> Registered[Client]:
        """Ends the secret before the present one at once."""

        def change(client: Client) -> Client:
            return replace(
                client, client_secret_hashes=client.client_secret_hashes[:1], former_secrets_expire_at=None
            )

        return self._administrator.change(client_id, change, now=now)

    def delete(self, client_id: str) -> Registered[Client]:
        """Deletes the client and returns what it was. Its access tokens are inactive from now on; its
        refresh tokens and codes are refused within the minute that records are cached for.
        """
        return self._administrator.remove(client_id)

    @property
    def _administrator(self) -> Administrator[Client]:
        return Administrator(kind="client", registry=self.clients, random=self.random, owner=self.owner)


def needs_secret(metadata: Mapping[str, Any]) -> bool:
    """Whether a client of this metadata has a secret. Raises InvalidMember."""
    return uses_secret(_of(metadata, client_id=""))


def check_metadata(metadata: Mapping[str, Any], *, client_id: str) -> None:
    """Every rule, and nothing is written. Raises InvalidMember."""
    client = _of(metadata, client_id=client_id)
    check_client(replace(client, client_secret_hashes=("a hash",) if uses_secret(client) else ()))


def _of(metadata: Mapping[str, Any], *, client_id: str) -> Client:
    blank = Client(client_id=client_id, client_name="", token_endpoint_auth_method="none")  # noqa: S106
    return changed_client(blank, complete(metadata))


def _with_secret(client: Client, secret: str | None) -> Client:
    if not uses_secret(client):
        if secret is not None:
            raise InvalidMember(f"A client of {client.token_endpoint_auth_method} has no secret.")
        return client
    if secret is None or len(secret) < MIN_SECRET:
        raise InvalidMember(f"A secret is {SECRET_BYTES} random bytes, in base64url.")
    return replace(client, client_secret_hashes=(hash_client_secret(secret),))
