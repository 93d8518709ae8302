"""The playground's own records in the demo tenant, and what its page is told of them."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chalicelib.administration.clients import ClientSecretEncryption
from chalicelib.pages.playground import DEMO_PATH, GUIDE_PATH, REDIRECT_PATH, ROOT
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.client_secret import hash_client_secret
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.supported import DEVICE_CODE, IMPLICIT, JWT_BEARER, PASSWORD, TOKEN_EXCHANGE
from chalicelib.protocol.trusted_issuer import TrustedIssuer

# Names of nobody: nothing is ever asked there.
ARCHIVE = "https://archive.example/"
FEDERATION = "https://partner.example"
ID_JAG_ISSUER = "https://employer.example"
OTHER_SERVER = "https://chat.example"
VAULT = "https://vault.example/"
_READ = "notes:read"
_GUIDE = Path(__file__).parents[2] / "docs" / "flows.md"


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _key() -> dict[str, Any]:
    """A private ES256 key as a JWK."""
    made: dict[str, Any] = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {name: made[name] for name in ("kty", "crv", "x", "y", "d")} | {"kid": "playground"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaygroundSeed:
    """The records, with secrets and a key made for this start. `issuer` is the server's, `api` the demo's."""

    issuer: str
    api: str
    secrets: dict[str, str] = field(
        default_factory=lambda: {role: _secret() for role in ("service", "api", "web", "hmac", "migration")},
        repr=False,
    )
    key: dict[str, Any] = field(default_factory=_key, repr=False)

    def clients(self, scope: tuple[str, ...], encryption: ClientSecretEncryption) -> tuple[Client, ...]:
        """The page itself, and those with secrets whose parts it plays. `scope` is what people are asked."""
        redirect_uri = f"{self.issuer}{REDIRECT_PATH}"
        return (
            Client(
                client_id="playground",
                client_name="Playground",
                token_endpoint_auth_method="none",  # noqa: S106 - a method, no password
                redirect_uris=(redirect_uri,),
                post_logout_redirect_uris=(redirect_uri,),
                grant_types=("authorization_code", "refresh_token", DEVICE_CODE),
                scope=(*scope, "vault:read"),
                client_uri=f"{self.issuer}{ROOT}",
            ),
            self._confidential(
                "service", grant_types=("client_credentials", JWT_BEARER), response_types=(), scope=(_READ,)
            ),
            self._confidential(
                "api",
                grant_types=(TOKEN_EXCHANGE, JWT_BEARER),
                response_types=(),
                resources=(self.api, VAULT),
                exchange_audiences=(ARCHIVE,),
            ),
            self._confidential(
                "web",
                grant_types=("authorization_code", TOKEN_EXCHANGE),
                redirect_uris=(redirect_uri,),
                scope=("openid", "email"),
                id_jag_audiences={OTHER_SERVER: {"client_id": "keyturn-app", "scope": "chat:read"}},
            ),
            self._confidential(
                "hmac",
                token_endpoint_auth_method="client_secret_jwt",  # noqa: S106
                client_secret_ciphertexts=(encryption.encrypt("playground-hmac", self.secrets["hmac"]),),
                grant_types=("client_credentials",),
                response_types=(),
                scope=(_READ,),
            ),
            *self._for_migration(redirect_uri),
            Client(
                client_id="playground-key",
                client_name="Playground (key)",
                token_endpoint_auth_method="private_key_jwt",  # noqa: S106
                jwks=self._jwks,
                grant_types=("client_credentials",),
                response_types=(),
                scope=(_READ,),
            ),
        )

    def resource_servers(self) -> tuple[ResourceServer, ...]:
        """An API that the demo's API calls on behalf of people, and one whose tokens are opaque."""
        return (
            ResourceServer(
                resource=ARCHIVE,
                resource_name="Archive API",
                scopes={"archive:read": "Read what was archived"},
                exchange_clients=("playground-api",),
                exchange_scopes={"archive:read": (_READ,)},
            ),
            ResourceServer(
                resource=VAULT,
                resource_name="Vault API",
                scopes={"vault:read": "Read what is in your vault"},
                access_token_format="opaque",  # noqa: S106 - a format
            ),
        )

    def trusted_issuers(self) -> tuple[TrustedIssuer, ...]:
        """Two issuers whose key the page is given, so that it can play their part."""
        return tuple(
            TrustedIssuer(
                issuer=issuer,
                issuer_name=name,
                jwks=self._jwks,
                clients=("playground-service",),
                scope=(_READ,),
                id_jag=id_jag,
            )
            for issuer, name, id_jag in (
                (FEDERATION, "A partner", False),
                (ID_JAG_ISSUER, "An employer", True),
            )
        )

    def documents(self, **person: str) -> dict[str, Any]:
        """By path: what the page is told, so that nothing is to be typed, and the guide where it is there."""
        guide = {GUIDE_PATH: _GUIDE.read_text("utf-8")} if _GUIDE.is_file() else {}
        return {
            DEMO_PATH: {**self._told(), "person": person, **({"guide": GUIDE_PATH} if guide else {})},
            **guide,
        }

    def _for_migration(self, redirect_uri: str) -> tuple[Client, ...]:
        return (
            self._confidential("migration", grant_types=(PASSWORD,), response_types=(), scope=(_READ,)),
            Client(
                client_id="playground-implicit",
                client_name="Playground (implicit)",
                # On localhost; a web app's would have to be on https.
                application_type="native",
                token_endpoint_auth_method="none",  # noqa: S106
                redirect_uris=(redirect_uri,),
                grant_types=(IMPLICIT,),
                response_types=("token",),
                scope=(_READ,),
            ),
        )

    def _told(self) -> dict[str, Any]:
        return {
            "client_id": "playground",
            "resource": self.api,
            "scope": _READ,
            "clients": {
                role: {"client_id": f"playground-{role}", "client_secret": secret}
                for role, secret in self.secrets.items()
            }
            | {role: {"client_id": f"playground-{role}"} for role in ("key", "implicit")},
            "key": self.key,
            "opaque": {"resource": VAULT, "scope": "vault:read"},
            "target": {"resource": ARCHIVE, "scope": "archive:read"},
            "federation": {"issuer": FEDERATION, "key": self.key},
            "id_jag": {"issuer": ID_JAG_ISSUER, "key": self.key},
            "other": OTHER_SERVER,
        }

    @property
    def _jwks(self) -> dict[str, Any]:
        public = {name: self.key[name] for name in ("kty", "crv", "x", "y", "kid")}
        return {"keys": [{**public, "alg": "ES256"}]}

    def _confidential(self, role: str, **members: Any) -> Client:
        return Client(
            client_id=f"playground-{role}",
            client_name=f"Playground ({role})",
            client_secret_hashes=(hash_client_secret(self.secrets[role]),),
            **{"token_endpoint_auth_method": "client_secret_basic", **members},
        )
