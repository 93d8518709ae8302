"""The ports Clients and ResourceServers: records, kept for a minute."""

import pytest

from chalicelib.aws.clients import (
    CACHE_SECONDS,
    LOOK_AGAIN_SECONDS,
    MAX_KEY_BYTES,
    ClientStore,
    ResourceServerStore,
)
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from tests.stores.fresh import name, table


class Clock:
    """Stands still until it is moved."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clients(clock: Clock) -> ClientStore:
    return ClientStore(table("Clients"), clock)


def elsewhere() -> ClientStore:
    """The same table from another instance."""
    return ClientStore(table("Clients"))


def client(**changes: object) -> Client:
    fields = {"client_id": name(), "client_name": "A", "token_endpoint_auth_method": "none", **changes}
    return Client(**fields)  # type: ignore[arg-type]


def test_a_client_is_kept_as_it_was_registered(clients: ClientStore) -> None:
    whole = client(
        application_type="native",
        client_secret_hashes=("a", "b"),
        redirect_uris=("https://a.example/?x=1", "com.example:/"),
        grant_types=(),
        scope=("openid", "read"),
        jwks={"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]},
        allowed_resources=(),
        rotate_refresh_tokens=False,
    )
    elsewhere().put(whole)
    assert clients.get(whole.client_id) == whole
    least = client()
    elsewhere().put(least)
    assert clients.get(least.client_id) == least


def test_a_change_is_seen_after_a_minute_and_not_before(clients: ClientStore, clock: Clock) -> None:
    before = client()
    elsewhere().put(before)
    assert clients.get(before.client_id) == before
    after = client(client_id=before.client_id, client_name="B")
    elsewhere().put(after)
    clock.now += CACHE_SECONDS - 0.1
    assert clients.get(before.client_id) == before
    clock.now += 0.1
    assert clients.get(before.client_id) == after
    assert CACHE_SECONDS <= 60


def test_who_looks_again_sees_a_change_at_once_and_not_more_often_than_every_second(
    clients: ClientStore, clock: Clock
) -> None:
    first = client()
    second, third = (client(client_id=first.client_id, client_name=one) for one in "BC")
    elsewhere().put(first)
    assert clients.get(first.client_id) == first
    elsewhere().put(second)
    assert clients.look_again(first.client_id) == second
    assert clients.get(first.client_id) == second
    elsewhere().put(third)
    clock.now += LOOK_AGAIN_SECONDS - 0.1
    assert clients.look_again(first.client_id) == second
    clock.now += 0.1
    assert clients.look_again(first.client_id) == third


def test_what_is_not_found_is_not_remembered(clients: ClientStore) -> None:
    late = client()
    assert clients.get(late.client_id) is None
    elsewhere().put(late)
    assert clients.get(late.client_id) == late


@pytest.mark.parametrize(
    "wild", ["", " ", "\u0000", "ключ", "client#x", "a" * (MAX_KEY_BYTES - 7), "a" * 9_000]
)
def test_any_text_may_be_asked_for(clients: ClientStore, wild: str) -> None:
    assert clients.get(wild) is None


def test_a_client_is_no_resource_server_of_its_name(clients: ClientStore) -> None:
    both = client()
    elsewhere().put(both)
    servers = ResourceServerStore(table("Clients"))
    assert servers.get(both.client_id) is None
    server = ResourceServer(resource=both.client_id, resource_name="R", scopes={"read": "Read"})
    servers.put(server)
    assert servers.get(both.client_id) == server
    assert clients.get(both.client_id) == both
