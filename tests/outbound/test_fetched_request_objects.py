"""Request objects at a request_uri: how long they are kept, how many are, and who waits for a slow host."""

import itertools
from contextlib import nullcontext
from typing import Any

import pytest

from chalicelib.accounts.attempts import client_keys_key
from chalicelib.composition.client_keys import counted_fetch
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.outbound.fetched_request_objects import MAX_AGE, MAX_KEPT, FetchedRequestObjects
from chalicelib.protocol.client import Client, Registration
from chalicelib.protocol.errors import InvalidRequestUri, TemporarilyUnavailable
from infra.local.stack import LocalStack

FREE = client_keys_key("any").free
_numbers = itertools.count(1)


def client(*request_uris: str, **changes: Any) -> Client:
    fields: dict[str, Any] = {"client_id": "app", "client_name": "App", "token_endpoint_auth_method": "none"}
    return Client(**{**fields, "request_uris": request_uris, **changes})


class Web:
    """What is at every URL, how long it is good, and how often it was asked for."""

    def __init__(self, max_age: int | None = None, *, fails: bool = False) -> None:
        self.max_age = max_age
        self.fails = fails
        self.asked: list[str] = []
        self.now = 1000.0

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        if self.fails:
            raise FetchError("it took too long")
        return Fetched(f"object-{len(self.asked)}".encode(), self.max_age)

    def instance(self, *, counted: Any = lambda *_: nullcontext()) -> FetchedRequestObjects:
        return FetchedRequestObjects(fetch=self.fetch, counted=counted, clock=lambda: self.now)


@pytest.mark.parametrize(("max_age", "kept"), [(None, 0), (0, 0), (60, 60), (10 * MAX_AGE, MAX_AGE), (-5, 0)])
def test_one_is_kept_as_long_as_http_says_and_no_longer_than_an_hour(max_age: int | None, kept: int) -> None:
    web = Web(max_age)
    objects, app = web.instance(), client("https://app.example/one")
    first = objects.get("https://app.example/one", client=app)
    web.now += max(kept - 1, 0)
    assert (objects.get("https://app.example/one", client=app) == first) is (kept > 0)
    web.now += 1
    assert objects.get("https://app.example/one", client=app) != first


def test_so_many_are_kept_and_the_oldest_are_forgotten() -> None:
    web = Web(60)
    urls = [f"https://app.example/{number}" for number in range(MAX_KEPT + 1)]
    objects, app = web.instance(), client(*urls)
    for url in urls:
        objects.get(url, client=app)
    objects.get(urls[-1], client=app)
    assert len(web.asked) == MAX_KEPT + 1
    objects.get(urls[0], client=app)
    assert len(web.asked) == MAX_KEPT + 2


def test_one_that_is_kept_is_still_the_clients_own_alone() -> None:
    web = Web(60)
    objects = web.instance()
    objects.get("https://app.example/one", client=client("https://app.example/one"))
    with pytest.raises(InvalidRequestUri) as refused:
        objects.get("https://app.example/one", client=client("https://app.example/two"))
    assert refused.value.reason == "request_uri_unregistered"


def test_a_fragment_is_never_sent() -> None:
    web = Web()
    web.instance().get("https://app.example/one#two", client=client("https://app.example/one"))
    assert web.asked == ["https://app.example/one"]


@pytest.mark.parametrize("registration", ["dynamic", "metadata_document"])
def test_a_strangers_host_that_fails_is_left_alone_by_all_instances(
    stack: LocalStack, *, registration: Registration
) -> None:
    del stack
    url = f"https://objects-{next(_numbers)}.example/one"
    web, app = Web(fails=True), client(url, registration=registration)
    for _ in range(FREE):
        with pytest.raises(InvalidRequestUri):
            web.instance(counted=counted_fetch).get(url, client=app)
    with pytest.raises(TemporarilyUnavailable) as refused:
        web.instance(counted=counted_fetch).get(url, client=app)
    assert refused.value.reason == "request_uri_unavailable"
    assert refused.value.facts["request_uri_error"] == "its host is asked too often"
    assert len(web.asked) == FREE
    # The tenant's operators looked at theirs.
    with pytest.raises(InvalidRequestUri):
        web.instance(counted=counted_fetch).get(url, client=client(url))
