"""Clients that registered themselves end where they are not used."""

import os
import time
from typing import Any

import pytest

from chalicelib.aws.clients import PURGE_AFTER, ClientStore
from chalicelib.protocol.client import EXTEND_AFTER, UNUSED_LIFETIME
from chalicelib.record import replace
from tests.support.tenant import Tenant

NOW = int(time.time())


@pytest.fixture
def store() -> ClientStore:
    return ClientStore(os.environ["CLIENTS_TABLE"])


def kept(tenant: Tenant, client_id: str) -> dict[str, Any]:
    return tenant.table("Clients").find(id=f"client#{client_id}")


def test_one_that_was_not_used_is_as_good_as_deleted(tenant: Tenant, store: ClientStore) -> None:
    ended = tenant.public_client(registration="dynamic", expires_at=NOW - 1)
    live = tenant.public_client(registration="dynamic", expires_at=NOW + 3600)
    assert store.get(ended.client_id) is None
    assert store.look_again(ended.client_id) is None
    assert store.get(live.client_id) == live


def test_use_puts_the_end_off_and_is_written_once_a_day(tenant: Tenant, store: ClientStore) -> None:
    client = tenant.public_client(registration="dynamic", expires_at=NOW + 3600)
    store.extend(client, now=NOW)
    until = NOW + UNUSED_LIFETIME
    after = kept(tenant, client.client_id)
    assert (after["expires_at"], after["purge_at"]) == (until, until + PURGE_AFTER)
    used = replace(client, expires_at=until)
    store.extend(used, now=NOW + EXTEND_AFTER - 1)
    assert kept(tenant, client.client_id) == after
    store.extend(used, now=NOW + EXTEND_AFTER + 1)
    assert kept(tenant, client.client_id)["expires_at"] == until + EXTEND_AFTER + 1


def test_what_does_not_end_is_not_written(tenant: Tenant, store: ClientStore) -> None:
    client = tenant.public_client()
    before = kept(tenant, client.client_id)
    store.extend(client, now=NOW)
    assert kept(tenant, client.client_id) == before


def test_a_deleted_one_does_not_come_back_by_being_used(tenant: Tenant, store: ClientStore) -> None:
    client = tenant.public_client(registration="dynamic", expires_at=NOW + 3600)
    tenant.table("Clients").delete(id=f"client#{client.client_id}")
    store.extend(client, now=NOW)
    assert tenant.table("Clients").at(id=f"client#{client.client_id}") is None
