"""A resource server whose access tokens are opaque, and what they look like."""

import json
import re
from typing import Any

from chalicelib.protocol.opaque_token import hash_opaque_token
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant

VAULT = "https://vault.example/"
OPAQUE = re.compile(r"keyturn_at_[A-Za-z0-9_-]{43}")


def vault(caller: Caller, tenant: Tenant) -> ClientApp:
    """The resource server, as the client it introspects with."""
    return ClientApp(tenant.resource_server(VAULT, access_token_format="opaque")[1], caller)


def told_of(api: ClientApp, token: str) -> dict[str, Any]:
    """What this resource server is told of a token."""
    answer = api.post("/introspect", {"token": token})
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json
    return told


def opaque(answer: Answer) -> str:
    """The access token of a response, which is opaque."""
    assert answer.status == 200, answer.body
    token: str = answer.json["access_token"]
    assert OPAQUE.fullmatch(token)
    return token


def kept(tenant: Tenant, token: str) -> dict[str, Any]:
    """The item of a token."""
    return tenant.table("Requests").find(id=f"access_token#{hash_opaque_token(token)}")


def change_claims(tenant: Tenant, token: str, **changes: Any) -> None:
    """How time passes for a token that no function has seen yet: `exp` in the past."""
    item = kept(tenant, token)
    claims = {**json.loads(item["claims"]), **changes}
    tenant.table("Requests").change(item, claims=json.dumps(claims))
