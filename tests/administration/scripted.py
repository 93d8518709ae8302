"""Registering, and managing a registration, over ports that answer as a test says."""

import secrets
from collections.abc import Iterator
from typing import Any

from chalicelib.administration.client_configuration import ClientConfiguration
from chalicelib.administration.dynamic_registration import DynamicRegistration
from chalicelib.administration.registration_token import RegistrationToken, hash_token
from chalicelib.administration.registry import Registered
from chalicelib.administration.software_statement import SoftwareStatements
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.settings import Settings

NOW = 1_800_000_000
TOKEN = "a-token"
UNANSWERED = TemporarilyUnavailable("No answer.", reason="aws_timeout")
OWN = Client(
    client_id="a",
    client_name="A",
    token_endpoint_auth_method="client_secret_basic",
    client_secret_hashes=("a hash",),
    redirect_uris=("https://app.example.org/callback",),
    registration="dynamic",
    grant_types=("authorization_code",),
    scope=("openid",),
    registration_access_token_hashes=(hash_token(TOKEN),),
    expires_at=NOW + 60,
)


class Scripted:
    """A registry that finds these, one after the other, the last again and again, and writes as it is told.
    Implements the port Registry.
    """

    def __init__(self, *found: Client | None, writes: Any = False) -> None:
        self.found, self.writes = list(found), writes
        self.written: list[Client] = []

    def find(self, name: str) -> Registered[Client] | None:
        del name
        client = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        return None if client is None else Registered(record=client, revision=secrets.token_urlsafe())

    def all(self, *, after: str | None = None) -> Iterator[Registered[Client]]:
        del after
        return iter(())

    def _write(self, client: Client | None = None) -> bool:
        if isinstance(self.writes, Exception):
            raise self.writes
        if client is not None:
            self.written.append(client)
        return bool(self.writes)

    def create(self, registered: Registered[Client]) -> bool:
        return self._write(registered.record)

    def replace(self, registered: Registered[Client], *, revision: str | None) -> bool:
        del revision
        return self._write(registered.record)

    def remove(self, name: str, *, revision: str | None) -> bool:
        del name, revision
        return self._write()


class Uses:
    """Implements the port RegistrationTokens over one token."""

    def __init__(self, *, good: bool = True) -> None:
        self.good, self.count = good, 0

    def find(self, token_id: str) -> RegistrationToken | None:
        return RegistrationToken(
            token_id=token_id, token_name="A", token_hash=hash_token("secret"), created_at=NOW
        )

    def use(self, token: RegistrationToken, *, now: int) -> bool:
        del token, now
        self.count += self.good
        return self.good

    def take_back(self, token: RegistrationToken) -> None:
        del token
        self.count -= 1


class Encryption:
    """Implements the port ClientSecretEncryption; `fails` is what it raises instead."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails, self.asked = fails, 0

    def encrypt(self, client_id: str, secret: str) -> str:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return f"{secret} of {client_id}"


class Nothing:
    """Ports that are not asked for anything here."""

    def begin(self, *_: Any, **__: Any) -> int:
        return 0

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def statements(settings: Settings) -> SoftwareStatements:
    nothing: Any = Nothing()
    return SoftwareStatements(settings=settings, trusted_issuers=nothing, keys=nothing)


def registration(clients: Scripted, uses: Uses, encryption: Encryption | None = None) -> DynamicRegistration:
    settings, nothing = Settings(issuer="https://issuer.example", dynamic_registration="token"), Nothing()
    ports: Any = {
        "attempts": nothing,
        "counts": nothing,
        "tokens": uses,
        "encryption": encryption or nothing,
        "sectors": nothing,
    }
    return DynamicRegistration(
        settings=settings,
        clients=clients,
        statements=statements(settings),
        random=secrets.token_urlsafe,
        **ports,
    )


def configuration(
    clients: Scripted, *, mode: Any = "token", encryption: Encryption | None = None
) -> ClientConfiguration:
    settings, nothing = Settings(issuer="https://issuer.example", dynamic_registration=mode), Nothing()
    ports: Any = {"encryption": encryption or nothing, "sectors": nothing}
    return ClientConfiguration(
        settings=settings,
        clients=clients,
        statements=statements(settings),
        random=secrets.token_urlsafe,
        **ports,
    )


def register(made: DynamicRegistration, document: dict[str, Any]) -> Any:
    return made.register(document, access_token="one.secret", source_ip="192.0.2.1", now=NOW)
