"""A host with several addresses: those are tried one after the other, in the time there is for one."""

import socket

import pytest

from chalicelib.outbound.exchange import MAX_ADDRESSES
from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import FetchError
from tests.support.certificates import Authority
from tests.support.origin import Origin


def test_an_address_that_cannot_be_reached_is_no_end_where_there_is_another(origin: Origin) -> None:
    url = origin.serve("/jwks", "{}")
    fetched = fetch(url, allowed_origins=(origin.address,), resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])
    assert fetched.body == b"{}"


def test_an_address_that_says_nothing_takes_its_share_of_the_time_and_no_more(trusted: Authority) -> None:
    with Origin(trusted.server("127.0.0.1")) as origin, socket.create_server(("127.0.0.2", origin.port)):
        url = origin.serve("/jwks", "{}")
        both = ["127.0.0.2", "127.0.0.1"]
        assert fetch(url, allowed_origins=(origin.address,), resolve=lambda *_: both).body == b"{}"


def test_so_many_addresses_are_tried_and_no_more(origin: Origin) -> None:
    url = origin.serve("/jwks", "{}")
    deaf = [f"127.0.0.{number}" for number in range(2, 2 + MAX_ADDRESSES)]
    with pytest.raises(FetchError, match="ConnectionRefusedError"):
        fetch(url, allowed_origins=(origin.address,), resolve=lambda *_: [*deaf, "127.0.0.1"])
    assert origin.connections == 0


def test_what_was_asked_of_one_address_is_not_asked_of_the_next(origin: Origin) -> None:
    url = origin.write("/jwks", lambda connection: connection.sendall(b"hello\r\n\r\n"))
    with pytest.raises(FetchError):
        fetch(url, allowed_origins=(origin.address,), resolve=lambda *_: ["127.0.0.1", "127.0.0.1"])
    assert origin.connections == 1
