"""How long a client's keys are kept, and how often its host is asked."""

import json

import pytest

from chalicelib.composition.client_authenticator import unavailable_keys
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.outbound.fetched_keys import MAX_KEPT, FetchedKeys
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidClient

URI = "https://app.example.com/jwks"


class Web:
    """A host's document as it is now, and how often it was asked for."""

    def __init__(self) -> None:
        self.kid = "a"
        self.max_age: int | None = None
        self.asked: list[str] = []
        self.down = False
        self.now = 5000.0

    def fetch(self, url: str, *, allowed_origins: tuple[str, ...]) -> Fetched:
        assert allowed_origins == ()
        self.asked.append(url)
        if self.down:
            raise FetchError("the host does not resolve")
        return Fetched(json.dumps({"keys": [{"kid": self.kid}]}).encode(), self.max_age)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def keys(web: Web) -> FetchedKeys[Client]:
    return FetchedKeys(unavailable=unavailable_keys, fetch=web.fetch, clock=lambda: web.now)


def client(jwks_uri: str | None = URI, **changes: object) -> Client:
    fields = {"jwks_uri": jwks_uri, **changes}
    return Client(
        client_id="app",
        client_name="App",
        token_endpoint_auth_method="private_key_jwt",
        **fields,  # type: ignore[arg-type]
    )


def test_registered_keys_are_never_fetched(web: Web, keys: FetchedKeys[Client]) -> None:
    registered = client(None, jwks={"keys": [{"kid": "r"}]})
    assert keys.jwks(registered) == [{"kid": "r"}]
    assert keys.refetched_jwks(registered) == ()
    assert web.asked == []


AGES = [(None, 600), (0, 60), (10, 60), (60, 60), (3600, 3600), (86_400, 86_400), (10**9, 86_400)]


@pytest.mark.parametrize(("max_age", "kept"), AGES)
def test_keys_are_kept_as_http_says_within_bounds(
    web: Web, keys: FetchedKeys[Client], max_age: int | None, kept: int
) -> None:
    web.max_age = max_age
    assert keys.jwks(client()) == [{"kid": "a"}]
    web.kid = "b"
    web.now += kept - 1
    assert keys.jwks(client()) == [{"kid": "a"}]
    web.now += 1
    assert keys.jwks(client()) == [{"kid": "b"}]
    assert web.asked == [URI, URI]


def test_keys_are_fetched_anew_at_once_and_once_in_thirty_seconds(
    web: Web, keys: FetchedKeys[Client]
) -> None:
    keys.jwks(client())
    web.kid = "b"
    assert keys.refetched_jwks(client()) == [{"kid": "b"}]
    web.kid = "c"
    web.now += 29
    assert keys.refetched_jwks(client()) == ()
    assert keys.jwks(client()) == [{"kid": "b"}]
    web.now += 1
    assert keys.refetched_jwks(client()) == [{"kid": "c"}]
    assert len(web.asked) == 3


def test_a_host_that_is_down_is_not_hammered(web: Web, keys: FetchedKeys[Client]) -> None:
    web.down = True
    for _ in range(3):
        with pytest.raises(InvalidClient):
            keys.jwks(client())
    assert len(web.asked) == 1
    web.down = False
    web.now += 30
    assert keys.jwks(client()) == [{"kid": "a"}]


def test_a_host_that_went_down_is_not_hammered_with_unknown_kids(web: Web, keys: FetchedKeys[Client]) -> None:
    keys.jwks(client())
    web.now += 60
    web.down = True
    with pytest.raises(InvalidClient):
        keys.refetched_jwks(client())
    for _ in range(3):
        assert keys.refetched_jwks(client()) == ()
    assert len(web.asked) == 2


def test_one_hosts_fault_is_not_anothers(web: Web, keys: FetchedKeys[Client]) -> None:
    web.down = True
    with pytest.raises(InvalidClient):
        keys.jwks(client())
    web.down = False
    assert keys.jwks(client("https://other.example.com/jwks")) == [{"kid": "a"}]


def test_keys_that_can_not_be_fetched_anew_are_kept(web: Web, keys: FetchedKeys[Client]) -> None:
    keys.jwks(client())
    web.now += 60
    web.down = True
    with pytest.raises(InvalidClient):
        keys.refetched_jwks(client())
    assert keys.jwks(client()) == [{"kid": "a"}]


def test_the_log_learns_whose_keys_and_why_but_no_url(web: Web, keys: FetchedKeys[Client]) -> None:
    web.down = True
    with pytest.raises(InvalidClient) as raised:
        keys.jwks(client())
    assert raised.value.reason == "jwks_uri_unavailable"
    assert raised.value.facts == {"client_id": "app", "jwks_uri_error": "the host does not resolve"}


def test_an_instance_keeps_the_keys_of_so_many_clients(web: Web, keys: FetchedKeys[Client]) -> None:
    uris = [f"https://app.example.com/{number}" for number in range(MAX_KEPT + 1)]
    for uri in uris:
        keys.jwks(client(uri))
    keys.jwks(client(uris[-1]))
    assert len(web.asked) == MAX_KEPT + 1
    keys.jwks(client(uris[0]))
    assert len(web.asked) == MAX_KEPT + 2
