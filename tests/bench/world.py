"""Who makes the requests: clients of each kind, and a person who signed in and consented once."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from jwt.algorithms import ECAlgorithm

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import TOKEN_EXCHANGE
from tests.support.assertions import Federation, federation
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.client_key import client_key
from tests.support.client_secret import hmac_client, hs256_client
from tests.support.device import device_client
from tests.support.encryption_key import encrypted_client
from tests.support.exchange import allow, api_client
from tests.support.http import Caller
from tests.support.migration import implicit_client, implicit_request, password_client
from tests.support.opaque import VAULT
from tests.support.request_object import signing_client
from tests.support.response_types import every_type
from tests.support.tenant import Person, Tenant

SCOPE = "openid profile email offline_access read"
PLAIN_SCOPE = "read"
DOWNSTREAM = "https://downstream.example/"


@dataclass(frozen=True)
class Vault:
    """The service, the resource server and the tokens."""

    app: Client
    api: Client
    tokens: dict[str, Any]


@dataclass
class World:
    """Made once; each of its parts when it is first needed."""

    caller: Caller
    tenant: Tenant
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    @cached_property
    def spa(self) -> ClientApp:
        """A public client: its refresh tokens rotate."""
        return self._consented(self.tenant.public_client(grant_types=("authorization_code", "refresh_token")))

    @cached_property
    def web(self) -> ClientApp:
        """A confidential client: its refresh tokens do not."""
        return self._consented(
            self.tenant.client(
                grant_types=("authorization_code", "refresh_token", TOKEN_EXCHANGE),
                id_jag_audiences={"https://chat.example": {"client_id": "web"}},
            )
        )

    @cached_property
    def tv(self) -> ClientApp:
        """A public client's device."""
        return ClientApp(device_client(self.tenant), self.caller)

    @cached_property
    def migrating(self) -> Client:
        """An app that asks people for their passwords itself."""
        return password_client(self.tenant)

    @cached_property
    def signing(self) -> ClientApp:
        """A public client that signs its requests."""
        return self._consented(signing_client(self.tenant, client_key("ES256")))

    @cached_property
    def implicit(self) -> ClientApp:
        """A single-page app that takes its access token from the redirect."""
        app = ClientApp(implicit_client(self.tenant), self.caller)
        self.browser.authorize(self.person, implicit_request(app))
        return app

    @cached_property
    def hybrid(self) -> ClientApp:
        """An app that takes an ID token from the redirect."""
        return self._consented(every_type(self.tenant))

    @cached_property
    def by_secret(self) -> ClientApp:
        """An app whose ID tokens and userinfo are made with its secret."""
        return self._consented(hs256_client(self.tenant, userinfo_signed_response_alg="HS256"))

    @cached_property
    def encrypted(self) -> ClientApp:
        """An app whose ID tokens and userinfo are signed and encrypted to its key."""
        return self._consented(encrypted_client(self.tenant, userinfo_signed_response_alg="RS256"))

    @cached_property
    def service(self) -> Client:
        return self.tenant.client(grant_types=("client_credentials",), scope=("read",))

    @cached_property
    def key_service(self) -> Client:
        """A service that authenticates with its key."""
        jwk = {**json.loads(ECAlgorithm.to_jwk(self.key.public_key())), "kid": "1"}
        return self.tenant.client(
            token_endpoint_auth_method="private_key_jwt",
            client_secret_hashes=(),
            jwks={"keys": [jwk]},
            grant_types=("client_credentials",),
            scope=("read",),
        )

    @cached_property
    def hmac_service(self) -> Client:
        """A service that authenticates by an HMAC with its secret."""
        return hmac_client(self.tenant, grant_types=("client_credentials",), scope=("read",))

    @cached_property
    def api(self) -> Client:
        """The API, as it introspects tokens."""
        return self.tenant.resource_server()[1]

    @cached_property
    def middle(self) -> Client:
        """The API, as it calls another on behalf of people."""
        client = api_client(self.tenant, exchange_audiences=(DOWNSTREAM,))
        allow(DOWNSTREAM, client)
        return client

    @cached_property
    def idp(self) -> Federation:
        """An issuer whose assertions are grants."""
        return federation(self.caller, self.tenant)

    @cached_property
    def person(self) -> Person:
        return self.tenant.person()

    @cached_property
    def browser(self) -> Browser:
        return Browser(self.caller)

    @cached_property
    def tokens(self) -> dict[str, Any]:
        """Tokens of the confidential client, to be used again and again."""
        return self.web.tokens(self.browser, self.person, scope=SCOPE)

    @cached_property
    def plain_tokens(self) -> dict[str, Any]:
        """The same without openid."""
        return self.web.tokens(self.browser, self.person, scope=PLAIN_SCOPE)

    @cached_property
    def vault(self) -> "Vault":
        """A resource server whose tokens are opaque, with a service and a person's tokens for it."""
        _, api = self.tenant.resource_server(VAULT, access_token_format="opaque")
        tokens = self.web.tokens(self.browser, self.person, scope=SCOPE, resource=VAULT)
        return Vault(self.tenant.client(grant_types=("client_credentials",), scope=("read",)), api, tokens)

    @cached_property
    def held(self) -> str:
        """An access token that nobody revokes, as the API got it."""
        token: str = self.web.tokens(self.browser, self.person, scope=PLAIN_SCOPE)["access_token"]
        return token

    def _consented(self, client: Client) -> ClientApp:
        app = ClientApp(client, self.caller)
        app.code(self.browser, self.person, scope=SCOPE)
        return app
