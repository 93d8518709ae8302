"""Clients that do not prove who they are, and what is counted of it."""

import time
from typing import Any

from chalicelib.accounts.attempts import AttemptKey, client_attempt_keys
from tests.support.http import Answer, Caller, basic
from tests.support.tenant import Tenant

PATHS = {
    "token": "/token",
    "revocation": "/revoke",
    "introspection": "/introspect",
    "device_authorization": "/device_authorization",
}


def fail(caller: Caller, client_id: str, secret: str = "wrong", *, endpoint: str = "token") -> Answer:
    fields = {"grant_type": "client_credentials", "token": "a token"}
    return caller.post(PATHS[endpoint], fields, authorization=basic(client_id, secret))


def counts(client_id: str, source_ip: str) -> tuple[AttemptKey, AttemptKey]:
    """What failures count under: the network's, and the client's there."""
    return client_attempt_keys(client_id, source_ip=source_ip)


def counted(tenant: Tenant, key: AttemptKey) -> dict[str, Any] | None:
    return tenant.table("Requests").at(id=key.key)


def spend(tenant: Tenant, key: AttemptKey, *, wait: int = 50) -> None:
    """As if all that is free had failed just now."""
    item = counted(tenant, key)
    now = int(time.time())
    assert item is not None
    tenant.table("Requests").change(
        item, attempts=key.free, delay=wait, next_at=now + wait, last_at=now, exp=now + 3600
    )
