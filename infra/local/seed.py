"""The demo tenant: one person, five clients and one resource server, through the functions' own stores."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.accounts.password import SALT_BYTES, PasswordCredential, hash_password, normalize_login
from chalicelib.accounts.user import User, check_user
from chalicelib.aws.clients import ClientStore, ResourceServerStore
from chalicelib.aws.secrets_key import ClientSecretEncryption
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.aws.users import PasswordStore, UserStore
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_metadata import check_client_metadata
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.resource_server_metadata import check_resource_server
from chalicelib.protocol.supported import DEVICE_CODE, MIGRATION_GRANT_TYPES
from chalicelib.protocol.trusted_issuer import check_trusted_issuer
from infra.local.seed_playground import PlaygroundSeed

LOGIN = "ada@example.com"
PASSWORD = "correct horse battery staple"  # noqa: S105 - printed at every start, for a laptop alone

_API_SCOPES = {
    "notes:read": "Read your notes",
    "notes:write": "Write new notes",
}
_MCP_SCOPES = {
    "notes:read": "Read the notes of your assistants",
    "notes:write": "Write new notes for you",
}
_PERSONAL = ("openid", "profile", "email", "address", "phone", "offline_access", *_API_SCOPES)
_ADA = User(
    sub="ada",
    login=LOGIN,
    claims={
        "name": "Ada Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "name#fr": "Ada Lovelace, comtesse de Lovelace",
        "name#ja-Kana-JP": "エイダ・ラブレス",
        "given_name#ja-Kana-JP": "エイダ",
        "family_name#ja-Kana-JP": "ラブレス",
        "middle_name": "King",
        "nickname": "Ada",
        "preferred_username": "ada",
        "profile": "https://example.com/people/ada",
        "picture": "https://example.com/people/ada.jpg",
        "website": "https://ada.example.com",
        "email": LOGIN,
        "email_verified": True,
        "gender": "female",
        "birthdate": "1815-12-10",
        "zoneinfo": "Europe/London",
        "locale": "en-GB",
        "phone_number": "+44 20 7946 0958",
        "phone_number_verified": True,
        "address": {
            "formatted": "12 St James's Square\nLondon SW1Y 4JH\nUnited Kingdom",
            "street_address": "12 St James's Square",
            "locality": "London",
            "region": "England",
            "postal_code": "SW1Y 4JH",
            "country": "United Kingdom",
        },
        "updated_at": 1_760_000_000,
    },
)


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the demo's parts are, and the secrets made for this start."""

    issuer: str
    app: str
    api: str
    mcp: str
    service_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    api_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


def seed(demo: Demo, playground: PlaygroundSeed, environment: Mapping[str, str]) -> None:
    """Writes the demo tenant into the tables that a stack's environment names."""
    clients = ClientStore(environment["CLIENTS_TABLE"])
    encryption = ClientSecretEncryption(environment["SECRETS_KEY"])
    for client in (*demo_clients(demo), *playground.clients(_PERSONAL, encryption)):
        check_client_metadata(client, migration=MIGRATION_GRANT_TYPES)
        clients.put(client)
    resource_servers = ResourceServerStore(environment["CLIENTS_TABLE"])
    for server in (*demo_resource_servers(demo), *playground.resource_servers()):
        check_resource_server(server)
        resource_servers.put(server)
    for trusted in playground.trusted_issuers():
        check_trusted_issuer(trusted)
        TrustedIssuerStore(environment["CLIENTS_TABLE"]).put(trusted)
    check_user(_ADA)
    UserStore(environment["USERS_TABLE"]).put(_ADA)
    password_hash = hash_password(PASSWORD, salt=secrets.token_bytes(SALT_BYTES))
    PasswordStore(environment["USERS_TABLE"]).put(
        PasswordCredential(login=normalize_login(LOGIN), sub=_ADA.sub, password_hash=password_hash)
    )


def demo_resource_servers(demo: Demo) -> tuple[ResourceServer, ...]:
    """The demo's API, and the MCP server of examples/mcp-server, which any MCP client may come to."""
    return (
        ResourceServer(resource=demo.api, resource_name="Notes API", scopes=_API_SCOPES),
        ResourceServer(
            resource=demo.mcp,
            resource_name="Notes for assistants",
            scopes=_MCP_SCOPES,
            open_to_unverified_clients=True,
        ),
    )


def demo_clients(demo: Demo) -> tuple[Client, ...]:
    """The demo's clients: a single-page app, a mobile app, a device, a service, and the API itself."""
    by_person = ("authorization_code", "refresh_token")
    return (
        Client(
            client_id="demo-spa",
            client_name="Notes",
            token_endpoint_auth_method="none",  # noqa: S106 - a method, no password
            redirect_uris=(f"{demo.app}callback.html",),
            post_logout_redirect_uris=(demo.app,),
            grant_types=by_person,
            scope=_PERSONAL,
            client_uri=demo.app,
            initiate_login_uri=f"{demo.app}login.html",
        ),
        Client(
            client_id="demo-mobile",
            client_name="Notes for phones",
            token_endpoint_auth_method="none",  # noqa: S106
            application_type="native",
            redirect_uris=("http://127.0.0.1/callback", "com.example.notes:/callback"),
            post_logout_redirect_uris=("com.example.notes:/signed-out",),
            grant_types=by_person,
            scope=_PERSONAL,
        ),
        Client(
            client_id="demo-device",
            client_name="Notes for TV",
            token_endpoint_auth_method="none",  # noqa: S106
            application_type="native",
            grant_types=(DEVICE_CODE, "refresh_token"),
            response_types=(),
            scope=_PERSONAL,
        ),
        Client(
            client_id="demo-service",
            client_name="Nightly export",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106
            client_secret_hashes=(_hash(demo.service_secret),),
            grant_types=("client_credentials",),
            response_types=(),
            scope=tuple(_API_SCOPES),
        ),
        Client(
            client_id="demo-api",
            client_name="Notes API",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106
            client_secret_hashes=(_hash(demo.api_secret),),
            grant_types=(),
            response_types=(),
            resources=(demo.api,),
        ),
    )


def _hash(secret: str) -> str:
    # 256 random bits cannot be guessed, so a plain hash keeps them.
    return hashlib.sha256(secret.encode()).hexdigest()
