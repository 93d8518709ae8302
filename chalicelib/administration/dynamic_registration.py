"""A client registers itself: RFC 7591 section 3, open to anybody or to who holds an initial access token.

A public client's record is its metadata and nothing else, so an identical registration finds the record that
is there: its client_id is a hash of it. As strangers share it, nobody manages it (RFC 7592) but an operator.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.accounts.attempts import Attempts, registration_key
from chalicelib.administration.client_document import client_metadata
from chalicelib.administration.client_information import Registration
from chalicelib.administration.clients import (
    ClientSecretEncryption,
    made_client,
    new_client_id,
    new_client_secret,
    with_ciphertext,
)
from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.registration_document import (
    RegistrationPolicy,
    open_policy,
    registration_metadata,
)
from chalicelib.administration.registration_refusals import busy, refuse
from chalicelib.administration.registration_token import (
    RegistrationToken,
    RegistrationTokens,
    hash_token,
    parse_registration_token,
)
from chalicelib.administration.registry import REVISION_BYTES, Registered, Registry
from chalicelib.administration.sector import Sectors, check_sector
from chalicelib.administration.software_statement import SoftwareStatements
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import UNUSED_LIFETIME, Client
from chalicelib.protocol.errors import (
    InvalidToken,
    NotServed,
    TooManyRequests,
)
from chalicelib.protocol.redirect_uri import without_port
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record, replace

ACCESS_TOKEN_BYTES = 32
TRIES = 3


class RegistrationCounts(Protocol):
    """How many clients registered themselves today."""

    def begin(self, *, limit: int, now: int) -> int:
        """One conditional write: counts one more where there are fewer than `limit` yet, and returns 0;
        otherwise the seconds until tomorrow.
        """


class DynamicRegistration(Record, kw_only=True):
    """What registering takes."""

    settings: Settings
    clients: Registry[Client]
    tokens: RegistrationTokens
    statements: SoftwareStatements
    attempts: Attempts
    counts: RegistrationCounts
    encryption: ClientSecretEncryption
    sectors: Sectors
    random: RandomText

    def register(
        self, document: Mapping[str, Any], *, access_token: str | None, source_ip: str, now: int
    ) -> Registration:
        """Registers a client, or finds the one that is the same. `access_token` is an initial access token.

        Raises NotServed where the tenant has no dynamic registration, InvalidToken, InvalidRedirectUri,
        InvalidMetadata, InvalidSoftwareStatement, UnapprovedSoftwareStatement; TooManyRequests past the
        quota of a network or of a day; and TemporarilyUnavailable.
        """
        token = self._authorize(access_token, now=now)
        asked = self._asked(document, token, now=now)
        if not asked.client.public:
            self._count(token, source_ip=source_ip, now=now)
            self._check_sector(asked, token)
            return self._create(asked, token, now=now)
        shared = self._shared(asked)
        for _ in range(TRIES):
            stands = self.clients.find(shared.client.client_id)
            if stands is not None and not stands.record.is_expired(now=now):
                return self._known(stands, asked, now=now)
            self._count(token, source_ip=source_ip, now=now)
            self._check_sector(asked, token)
            made = Registered(record=shared.client, revision=self.random(REVISION_BYTES), updated_at=now)
            if self.clients.create(made) if stands is None else self._renew(made, stands):
                return shared
            # Somebody registered the same at the same moment.
            self._take_back(token)
        raise busy()

    def _authorize(self, access_token: str | None, *, now: int) -> RegistrationToken | None:
        mode = self.settings.dynamic_registration
        if mode == "off":
            raise NotServed("This server registers no clients by itself.", reason="registration_off")
        if access_token is None:
            if mode == "token":
                raise InvalidToken("An initial access token is needed.", reason="token_missing")
            return None
        token_id, secret = parse_registration_token(access_token)
        token = self.tokens.find(token_id)
        if token is None or not token.is_good(secret, now=now):
            raise InvalidToken(
                "The initial access token is unknown, used up or expired.",
                reason="registration_token_refused",
            )
        return token

    def _asked(
        self, document: Mapping[str, Any], token: RegistrationToken | None, *, now: int
    ) -> Registration:
        statement, members = self.statements.merged(document, now=now)
        policy = (
            open_policy(self.settings)
            if token is None
            else RegistrationPolicy(grant_types=token.grant_types, scope=token.scope)
        )
        secret = new_client_secret(self.random)
        blank = Client(
            client_id="",
            client_name="",
            token_endpoint_auth_method="none",  # noqa: S106 - a method
            registration="dynamic",
            client_id_issued_at=now,
            software_statement=statement,
            expires_at=now + UNUSED_LIFETIME,
        )
        try:
            metadata = registration_metadata(members, policy=policy)
            client = made_client(blank, metadata, secret=secret, settings=self.settings)
        except InvalidMember as error:
            refuse(error)
        return Registration(
            client=client,
            redirect_uris=client.redirect_uris,
            client_secret=secret if client.client_secret_hashes else None,
        )

    def _shared(self, asked: Registration) -> Registration:
        """The record of a public client: an app on a device is returned to at any port, so none is kept."""
        client = asked.client
        if client.application_type == "native":
            portless = tuple(dict.fromkeys(map(without_port, client.redirect_uris)))
            client = replace(client, redirect_uris=portless)
        said = [self.settings.issuer, client_metadata(client), client.software_statement]
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()
        client_id = base64.b32encode(digest).decode().lower()[:40]
        return replace(asked, client=replace(client, client_id=client_id))

    def _known(self, stands: Registered[Client], asked: Registration, *, now: int) -> Registration:
        until = stands.record.use_extends_to(now=now)
        if until is not None:
            record = replace(stands.record, expires_at=until)
            self._renew(Registered(record=record, revision=self.random(REVISION_BYTES)), stands)
        # An operator may have changed it since, and that holds.
        same = {without_port(uri) for uri in asked.redirect_uris} == set(stands.record.redirect_uris)
        uris = asked.redirect_uris if same else stands.record.redirect_uris
        return Registration(client=stands.record, redirect_uris=uris, known=True)

    def _renew(self, made: Registered[Client], stands: Registered[Client]) -> bool:
        return self.clients.replace(made, revision=stands.revision)

    def _create(self, asked: Registration, token: RegistrationToken | None, *, now: int) -> Registration:
        access_token = self.random(ACCESS_TOKEN_BYTES)
        client = replace(
            asked.client,
            client_id=new_client_id(self.random),
            registration_access_token_hashes=(hash_token(access_token),),
        )
        try:
            if asked.client_secret is not None:
                client = with_ciphertext(client, asked.client_secret, encryption=self.encryption)
            made = Registered(record=client, revision=self.random(REVISION_BYTES), updated_at=now)
            created = self.clients.create(made)
        except Exception:
            self._take_back(token)
            raise
        if not created:
            self._take_back(token)
            raise busy()
        return replace(asked, client=client, registration_access_token=access_token)

    def _count(self, token: RegistrationToken | None, *, source_ip: str, now: int) -> None:
        if token is not None:
            if not self.tokens.use(token, now=now):
                raise InvalidToken(
                    "The initial access token is unknown, used up or expired.",
                    reason="registration_token_refused",
                )
            return
        free = self.settings.dynamic_registrations_per_network
        wait = self.attempts.begin(registration_key(source_ip, free=free), now=now)
        if wait:
            raise TooManyRequests(
                "Too many clients were registered from this network. Try again later.",
                reason="registration_throttled",
                retry_after=wait,
            )
        limit = self.settings.dynamic_registrations_per_day
        wait = self.counts.begin(limit=limit, now=now)
        if wait:
            raise TooManyRequests(
                "Too many clients were registered today. Try again tomorrow.",
                reason="registration_quota",
                retry_after=wait,
            )

    def _check_sector(self, asked: Registration, token: RegistrationToken | None) -> None:
        """Last of all, as it has somebody's host asked: what is counted, is asked for no more than that."""
        try:
            check_sector(asked.client, asked.redirect_uris, self.sectors)
        except InvalidMember as error:
            self._take_back(token)
            refuse(error)
        except Exception:
            self._take_back(token)
            raise

    def _take_back(self, token: RegistrationToken | None) -> None:
        if token is not None:
            self.tokens.take_back(token)
