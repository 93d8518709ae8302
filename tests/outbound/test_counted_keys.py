"""Keys of clients that registered themselves: a host may be slow, and few functions wait for it."""

import itertools
import json
import threading

import pytest

from chalicelib.accounts.attempts import client_keys_key
from chalicelib.composition.client_authenticator import unavailable_keys
from chalicelib.composition.client_keys import counted_fetch
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.client import Client, Registration
from chalicelib.protocol.errors import InvalidClient, TemporarilyUnavailable
from infra.local.stack import LocalStack
from tests.support.race import at_once

FREE = client_keys_key("any").free
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _stack(stack: LocalStack) -> None:
    del stack


@pytest.fixture
def host() -> str:
    """One that no other test's clients are of."""
    return f"keys-{next(_numbers)}.example"


def client(host: str, registration: Registration = "dynamic", *, path: str = "jwks") -> Client:
    return Client(
        client_id="app",
        client_name="App",
        token_endpoint_auth_method="private_key_jwt",
        jwks_uri=f"https://{host}/{path}",
        registration=registration,
    )


class Web:
    """What a host does when it is asked, and how often it was."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.urls: list[str] = []
        self.go_on: threading.Event | None = None

    def fetch(self, url: str, *, allowed_origins: tuple[str, ...]) -> Fetched:
        del allowed_origins
        self.urls.append(url)
        if self.go_on:
            assert self.go_on.wait(60)
        if self.fails:
            raise FetchError("it took too long")
        return Fetched(json.dumps({"keys": []}).encode(), None)

    def instance(self) -> FetchedKeys[Client]:
        """A function's instance, which has fetched nothing yet."""
        return FetchedKeys(unavailable=unavailable_keys, counted=counted_fetch, fetch=self.fetch)


def test_a_host_that_fails_is_left_alone_by_all_instances(host: str) -> None:
    web = Web(fails=True)
    for number in range(FREE):
        with pytest.raises(InvalidClient):
            web.instance().jwks(client(host, path=f"jwks/{number}"))
    with pytest.raises(TemporarilyUnavailable) as refused:
        web.instance().jwks(client(host))
    assert refused.value.reason == "jwks_uri_unavailable"
    assert len(web.urls) == FREE
    # Another's host, and a client the tenant's operators registered, are no matter of theirs.
    assert Web().instance().jwks(client(f"other.{host}")) == []
    with pytest.raises(InvalidClient):
        web.instance().jwks(client(host, "operator"))


def test_a_host_that_answers_is_asked_by_as_many_as_there_are(host: str) -> None:
    web = Web()
    for _ in range(2 * FREE):
        assert web.instance().jwks(client(host)) == []
    assert len(web.urls) == 2 * FREE


def test_so_few_wait_for_a_slow_host_at_a_time(host: str) -> None:
    web = Web()
    web.go_on = threading.Event()
    refused: list[TemporarilyUnavailable] = []

    def act() -> None:
        try:
            web.instance().jwks(client(host))
        except TemporarilyUnavailable as error:
            refused.append(error)
        # Once all that are too many were told so, the others are let go on.
        if web.go_on and len(refused) == FREE:
            web.go_on.set()

    at_once(act, 2 * FREE)
    assert (len(web.urls), len(refused)) == (FREE, FREE)
