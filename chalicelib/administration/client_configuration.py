"""A client reads, replaces and deletes its own record: RFC 7592 section 2.

Its registration access token is another after every replacement. The one before stays good until the new one
is used, so that a client that lost the answer is not locked out of its own record.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.administration.client_information import Registration
from chalicelib.administration.clients import (
    ClientSecretEncryption,
    made_client,
    new_client_secret,
    with_ciphertext,
)
from chalicelib.administration.dynamic_registration import ACCESS_TOKEN_BYTES, TRIES
from chalicelib.administration.refusals import ChangedMeanwhile, InvalidMember, NotRegistered
from chalicelib.administration.registration_document import (
    RegistrationPolicy,
    open_policy,
    registration_metadata,
)
from chalicelib.administration.registration_refusals import busy, refuse
from chalicelib.administration.registration_token import hash_token
from chalicelib.administration.registry import Administrator, Registry
from chalicelib.administration.sector import Sectors, check_sector
from chalicelib.administration.software_statement import SoftwareStatements
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import UNUSED_LIFETIME, Client
from chalicelib.protocol.client_authentication.client_secret import hash_client_secret
from chalicelib.protocol.errors import InvalidMetadata, InvalidToken
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record, replace

# RFC 7592 section 2.2: what a request to replace must not have; whoever sends it mixes something up.
NOT_SENT = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)


class ClientConfiguration(Record, kw_only=True):
    """What managing one's own record takes. Every method raises InvalidToken, the same for an unknown client
    and for a wrong token, and TemporarilyUnavailable.
    """

    settings: Settings
    clients: Registry[Client]
    statements: SoftwareStatements
    encryption: ClientSecretEncryption
    sectors: Sectors
    random: RandomText

    def read(self, client_id: str, *, access_token: str, now: int) -> Registration:
        """The client; the token before this one is good no longer."""

        def read(client: Client) -> Client:
            authenticated(client, access_token, now=now)
            present = client.registration_access_token_hashes[0]
            used = hmac.compare_digest(hash_token(access_token), present)
            return replace(client, registration_access_token_hashes=(present,)) if used else client

        client = self._changed(client_id, read, now=now)
        return Registration(
            client=client, redirect_uris=client.redirect_uris, registration_access_token=access_token
        )

    def update(
        self, client_id: str, document: Mapping[str, Any], *, access_token: str, now: int
    ) -> Registration:
        """Makes the document all there is of the client's metadata: what it leaves out is as by default. The
        secret stays, where the method before had one too, but for one that an HMAC needs and
        nobody has any more. Raises InvalidMetadata, InvalidRedirectUri, InvalidSoftwareStatement,
        UnapprovedSoftwareStatement as well.
        """
        secret, new_token = new_client_secret(self.random), self.random(ACCESS_TOKEN_BYTES)
        secrets_before: list[tuple[str, ...]] = []

        def replaced(client: Client) -> Client:
            # Who may not change it learns nothing of what would be wrong with the change.
            authenticated(client, access_token, now=now)
            check_document(document, client)
            statement, members = self.statements.merged(document, now=now)
            metadata = registration_metadata(members, policy=self._policy(client))
            if metadata["token_endpoint_auth_method"] == "none" and not client.public:  # noqa: S105
                raise InvalidMember(
                    "A client that has a secret or a key does not become one without. Register another.",
                    member="token_endpoint_auth_method",
                )
            secrets_before.append(client.client_secret_hashes)
            made = made_client(
                replace(
                    client,
                    software_statement=statement,
                    registration_access_token_hashes=(hash_token(new_token), hash_token(access_token)),
                    expires_at=now + UNUSED_LIFETIME,
                ),
                metadata,
                secret=secret,
                settings=self.settings,
            )
            if _sector(made) != _sector(client):
                check_sector(made, made.redirect_uris, self.sectors)
            return with_ciphertext(made, secret, encryption=self.encryption)

        try:
            client = self._changed(client_id, replaced, now=now)
        except InvalidMember as error:
            refuse(error)
        return Registration(
            client=client,
            redirect_uris=client.redirect_uris,
            client_secret=secret if client.client_secret_hashes not in {(), secrets_before[-1]} else None,
            registration_access_token=new_token,
        )

    def delete(self, client_id: str, *, access_token: str, now: int) -> None:
        """Deletes the client, and with it all that was issued to it (RFC 7592 section 2.3)."""
        for _ in range(TRIES):
            found = self.clients.find(client_id)
            if found is None:
                raise refused()
            authenticated(found.record, access_token, now=now)
            if self.clients.remove(client_id, revision=found.revision):
                return
        raise busy()

    def _policy(self, client: Client) -> RegistrationPolicy:
        """What anybody may register, where anybody may; otherwise what the client has, or less."""
        if self.settings.dynamic_registration == "open":
            anybody = open_policy(self.settings).grant_types
            return RegistrationPolicy(grant_types=tuple(dict.fromkeys((*anybody, *client.grant_types))))
        return RegistrationPolicy(grant_types=client.grant_types, scope=client.scope or None)

    def _changed(self, client_id: str, change: Callable[[Client], Client], *, now: int) -> Client:
        administrator = Administrator(kind="client", registry=self.clients, random=self.random)
        try:
            return administrator.change(client_id, change, now=now).record
        except NotRegistered:
            raise refused() from None
        except ChangedMeanwhile:
            raise busy() from None


def _sector(client: Client) -> tuple[object, ...]:
    """What its document was read for."""
    return client.sector_identifier_uri, client.redirect_uris


def authenticated(client: Client, access_token: str, *, now: int) -> Client:
    """The client, if this is a token of its own and it is one that registered itself. Raises InvalidToken."""
    digest = hash_token(access_token)
    # All are compared, whichever it is.
    right = [hmac.compare_digest(digest, known) for known in client.registration_access_token_hashes]
    if not any(right) or client.registration != "dynamic" or client.is_expired(now=now):
        raise refused()
    return client


def check_document(document: Mapping[str, Any], client: Client) -> None:
    """RFC 7592 section 2.2: it names the client, and its secret where it has one in it. Raises InvalidMember,
    InvalidMetadata.
    """
    for name in NOT_SENT:
        if name in document:
            raise InvalidMetadata(f"{name} is not for the client to say.", reason="metadata_invalid")
    if document.get("client_id") != client.client_id:
        raise InvalidMember("client_id is that of the client, and needed.", member="client_id")
    secret = document.get("client_secret")
    if secret is None:
        return
    if not isinstance(secret, str) or hash_client_secret(secret) not in client.client_secret_hashes[:1]:
        raise InvalidMember("client_secret is the client's present one, or left out.", member="client_secret")


def refused() -> InvalidToken:
    """What is raised for an unknown client and for a wrong token alike (RFC 7592 section 2.1)."""
    return InvalidToken("The registration access token is not valid here.", reason="registration_token_wrong")
