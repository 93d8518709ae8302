"""An MCP client as the specification describes one: public, native, at loopback, with PKCE and `resource`."""

import itertools

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant
from tests.support.visit import Visit, visit

_servers = itertools.count(1)
SCOPES = {"files:read": "Read your files", "files:write": "Change your files"}


@pytest.fixture
def mcp_server(tenant: Tenant) -> str:
    """The canonical URI of an MCP server the tenant knows; of each test its own."""
    resource = f"https://mcp-{next(_servers)}.example.com/mcp"
    tenant.resource_server(resource, resource_name="Files", scopes=SCOPES)
    return resource


@pytest.fixture
def mcp_client(caller: Caller, tenant: Tenant, mcp_server: str) -> Visit:
    """A client and its person, who signed in."""
    del mcp_server
    client = tenant.native_client(
        redirect_uris=("http://127.0.0.1/callback",), scope=("offline_access", *SCOPES)
    )
    here = visit(caller, tenant)
    return Visit(ClientApp(client, caller), here.browser, here.person, tenant)


def authorized(here: Visit, resource: str, scope: str = "files:read") -> Answer:
    """The token response of a whole flow: `resource` in both requests, no OpenID."""
    answer = here.browser.authorize(here.person, here.app.request(resource=resource, scope=scope, nonce=None))
    return here.app.redeem(answer.query["code"], resource=resource)
