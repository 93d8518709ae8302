"""Registering clients: what RFC 7591 and RFC 7592 do by HTTP, for those who run the tenant.

Secrets come from the caller, who shows or stores them once; only their hashes are kept, and of clients whose
secret makes HMACs the secrets themselves as well, encrypted.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from chalicelib.administration.client_document import (
    changed_client,
    check_client,
    check_keys,
    complete,
    lacks_secret,
    uses_secret,
)
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember
from chalicelib.administration.registry import Administrator, Registered, Registry, new_identifier
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.client_secret import hash_client_secret
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record, replace

CLIENT_ID_BYTES = 16
# RFC 7518 section 3.2: as long as the hash of HS512, so that every algorithm can do with every secret.
SECRET_BYTES = 64
# Characters: 256 random bits in base64url, and what an HMAC has to be keyed with.
MIN_SECRET = 43
MIN_HMAC_SECRET = 64
MAX_FORMER_SECONDS = 90 * 86_400


def new_client_id(random: RandomText) -> str:
    """An identifier nobody else has: letters and digits, which no command line takes for an option."""
    return new_identifier(random, CLIENT_ID_BYTES)


def new_client_secret(random: RandomText) -> str:
    """A secret of 512 random bits, which is why a plain hash keeps it."""
    return random(SECRET_BYTES)


class ClientSecretEncryption(Protocol):
    """Encrypts secrets of clients, each for its client alone, by the tenant's own key."""

    def encrypt(self, client_id: str, secret: str) -> str:
        """The ciphertext, in base64. Raises TemporarilyUnavailable."""


class ClientAdministration(Record, kw_only=True):
    """Registers, changes and deletes clients. Without `encryption` none that need their secrets encrypted.

    With `owner`, for whom it does so, it touches only what this owner registered; without, all. `migration`
    are the grant types for migration that the tenant has on: a client is given no other. Every method
    raises a refusal of refusals.py, in one sentence, and TemporarilyUnavailable.
    """

    clients: Registry[Client]
    random: RandomText
    owner: str | None = None
    encryption: ClientSecretEncryption | None = None
    migration: tuple[str, ...] = ()

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
        client = self._with_secret(replace(client, client_id_issued_at=now), secret)
        check_client(client, migration=self.migration)
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
            if lacks_secret(changed):
                changed = self._with_secret(changed, secret)
            check_client(changed, migration=self.migration)
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
            if hash_client_secret(secret) == client.client_secret_hashes[0]:
                return client
            changed = self._with_secret(client, secret)
            if not former_for:
                return replace(changed, former_secrets_expire_at=None)
            return replace(
                changed,
                client_secret_hashes=(*changed.client_secret_hashes, client.client_secret_hashes[0]),
                client_secret_ciphertexts=(
                    *changed.client_secret_ciphertexts,
                    *client.client_secret_ciphertexts[:1],
                ),
                former_secrets_expire_at=now + former_for,
            )

        return self._administrator.change(client_id, change, now=now)

    def end_former_secrets(self, client_id: str, *, now: int) -> Registered[Client]:
        """Ends the secret before the present one at once."""

        def change(client: Client) -> Client:
            return replace(
                client,
                client_secret_hashes=client.client_secret_hashes[:1],
                client_secret_ciphertexts=client.client_secret_ciphertexts[:1],
                former_secrets_expire_at=None,
            )

        return self._administrator.change(client_id, change, now=now)

    def delete(self, client_id: str) -> Registered[Client]:
        """Deletes the client and returns what it was. Its access tokens are inactive from now on; its
        refresh tokens and codes are refused within the minute that records are cached for.
        """
        return self._administrator.remove(client_id)

    def _with_secret(self, client: Client, secret: str | None) -> Client:
        if not uses_secret(client):
            if secret is not None:
                raise InvalidMember(f"A client of {client.token_endpoint_auth_method} has no secret.")
            return client
        if secret is None or len(secret) < MIN_SECRET:
            raise InvalidMember(f"A secret is {SECRET_BYTES} random bytes, in base64url.")
        return replace(
            client,
            client_secret_hashes=(hash_client_secret(secret),),
            client_secret_ciphertexts=(self._encrypted(client, secret),) if client.keeps_secrets else (),
        )

    def _encrypted(self, client: Client, secret: str) -> str:
        method = client.token_endpoint_auth_method
        by = method if method.endswith("_jwt") else "HS256"
        if self.encryption is None:
            raise InvalidMember(f"{by} can't be registered here, where nothing encrypts its secret.")
        if len(secret) < MIN_HMAC_SECRET:
            raise InvalidMember(
                f"The secret is too short for {by}, which takes {MIN_HMAC_SECRET} characters: "
                "give the client another one."
            )
        return self.encryption.encrypt(client.client_id, secret)

    @property
    def _administrator(self) -> Administrator[Client]:
        return Administrator(kind="client", registry=self.clients, random=self.random, owner=self.owner)


def needs_secret(metadata: Mapping[str, Any]) -> bool:
    """Whether a client of this metadata has a secret. Raises InvalidMember."""
    return uses_secret(_of(metadata, client_id=""))


def check_metadata(metadata: Mapping[str, Any], *, client_id: str, migration: Collection[str] = ()) -> None:
    """Every rule, and nothing is written. Raises InvalidMember."""
    client = _of(metadata, client_id=client_id)
    check_client(
        replace(
            client,
            client_secret_hashes=("a hash",) if uses_secret(client) else (),
            client_secret_ciphertexts=("a ciphertext",) if client.keeps_secrets else (),
        ),
        migration=migration,
    )


def _of(metadata: Mapping[str, Any], *, client_id: str) -> Client:
    blank = Client(client_id=client_id, client_name="", token_endpoint_auth_method="none")  # noqa: S106
    return changed_client(blank, complete(metadata))


def made_client(blank: Client, metadata: Mapping[str, Any], *, secret: str, settings: Settings) -> Client:
    """A client of this metadata, and of what else `blank` has; with the secret where its method uses one and
    it has none, or none that can be decrypted: see `with_ciphertext`. Of what the tenant has not, by its
    settings, it is given nothing. Raises InvalidMember.
    """
    client = changed_client(blank, metadata)
    if lacks_secret(client):
        hashes = (hash_client_secret(secret),)
        client = replace(client, client_secret_hashes=hashes, former_secrets_expire_at=None)
    checked = replace(client, client_id=client.client_id or "not yet named")
    if lacks_secret(client):
        checked = replace(checked, client_secret_ciphertexts=("a ciphertext",))
    check_client(checked, migration=settings.migration_grant_types)
    check_keys(checked, settings)
    return client


def with_ciphertext(client: Client, secret: str, *, encryption: ClientSecretEncryption) -> Client:
    """The client made with this secret, which is encrypted where its method needs it. What can be refused is
    refused before, as this costs a call. Raises TemporarilyUnavailable.
    """
    if not lacks_secret(client):
        return client
    return replace(client, client_secret_ciphertexts=(encryption.encrypt(client.client_id, secret),))
