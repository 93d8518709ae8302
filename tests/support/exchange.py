"""Two APIs, the first of which calls the second on behalf of people: who may, and how it asks."""

import itertools
import os
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.clients import ResourceServerStore
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.supported import JWT_BEARER, TOKEN_EXCHANGE
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import API, Tenant
from tests.support.visit import Visit, visit

TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"
ACCESS_TOKEN = TOKEN_TYPE + "access_token"
REFRESH_TOKEN = TOKEN_TYPE + "refresh_token"
ID_TOKEN = TOKEN_TYPE + "id_token"
JWT = TOKEN_TYPE + "jwt"
ID_JAG = TOKEN_TYPE + "id-jag"

PAYROLL = "https://payroll.example/"
BOTH_GRANTS = (TOKEN_EXCHANGE, JWT_BEARER)
# Of the payroll's scope values `pay:read` comes with the API's `read`; `pay:write` with nothing here has.
SCOPES = {"pay:read": "See payslips", "pay:write": "Change payslips"}
CARRIED_BY = {"pay:read": ("read",), "pay:write": ("admin",)}


@dataclass
class Middle:
    """An app's visitor, and an API that got their token and may call `target` for them; `payroll` is it."""

    here: Visit
    api: ClientApp
    payroll: Client
    tenant: Tenant
    target: str = PAYROLL

    def token(self, scope: str = "read", **changes: Any) -> str:
        """The person's access token for the API."""
        tokens = self.here.app.redeem(self.here.code(scope=scope, resource=API), **changes).json
        access_token: str = tokens["access_token"]
        return access_token

    def exchange(self, subject_token: str, /, **changes: Any) -> Answer:
        """The request of RFC 8693 section 2.1; None takes a parameter away."""
        return self.api.token(exchange_fields(subject_token, **{"resource": self.target, **changes}))

    def on_behalf_of(self, assertion: str, /, **changes: Any) -> Answer:
        """The same in Entra's form."""
        fields = {
            "grant_type": JWT_BEARER,
            "requested_token_use": "on_behalf_of",
            "assertion": assertion,
            "scope": self.target + ".default",
            **changes,
        }
        return self.api.token({name: value for name, value in fields.items() if value is not None})


def allow(resource: str, *clients: Client, **changes: Any) -> ResourceServer:
    """Makes a resource server that these clients may call on behalf of people."""
    fields: dict[str, Any] = {"scopes": SCOPES, "exchange_scopes": CARRIED_BY, **changes}
    server = ResourceServer(
        resource=resource,
        resource_name="Target",
        exchange_clients=tuple(client.client_id for client in clients),
        **fields,
    )
    ResourceServerStore(os.environ["CLIENTS_TABLE"]).put(server)
    return server


def exchange_fields(subject_token: str, /, **changes: Any) -> dict[str, Any]:
    fields = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": subject_token,
        "subject_token_type": ACCESS_TOKEN,
        "resource": PAYROLL,
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


_apis: dict[str, tuple[Client, Client]] = {}
_targets = itertools.count(1)


def middle(caller: Caller, tenant: Tenant) -> Middle:
    """The same two APIs for every test that needs none of its own: functions keep records for a minute."""
    if caller.issuer not in _apis:
        shared = Tenant()  # not the test's own, whose records go with it
        client = api_client(shared)
        payroll = shared.client(grant_types=(), redirect_uris=(), scope=(), resources=(PAYROLL,))
        _apis[caller.issuer] = client, payroll
        allow(PAYROLL, client)
    client, payroll = _apis[caller.issuer]
    return Middle(visit(caller, tenant), ClientApp(client, caller), payroll, tenant)


def api_client(tenant: Tenant, **changes: Any) -> Client:
    """A client that is the example API, and may exchange the tokens it gets for others to the payroll."""
    fields: dict[str, Any] = {
        "grant_types": BOTH_GRANTS,
        "redirect_uris": (),
        "scope": (),
        "resources": (API,),
        "exchange_audiences": (PAYROLL,),
        **changes,
    }
    return tenant.client(**fields)


def another(made: Middle, *, server: dict[str, Any] | None = None, **changes: Any) -> Middle:
    """The same with an API client of its own and a target of its own, which allows it; `changes` are the
    client's, `server` the target's.
    """
    target = f"https://target-{next(_targets)}.example/"
    client = api_client(made.tenant, **{"exchange_audiences": (target,), **changes})
    allow(target, client, **(server or {}))
    payroll = made.tenant.client(grant_types=(), redirect_uris=(), scope=(), resources=(target,))
    return Middle(made.here, ClientApp(client, made.api.caller), payroll, made.tenant, target)
