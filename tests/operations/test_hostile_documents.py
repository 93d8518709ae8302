"""What comes of servers that serve no metadata document, or one that must not be taken."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.operations.client_metadata_document import MAX_KEYS_BYTES, Ports
from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import Fetched
from tests.stores.fresh import NOW, name
from tests.support.client_documents import document
from tests.support.client_key import client_key
from tests.support.document_web import JSON, Web, begin, outcome, ports_of
from tests.support.origin import Origin
from tests.support.race import at_once
from tests.support.traceability import spec

KEYS = {"keys": [client_key("ES256", "one").jwk()]}


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "text": b'"a"',
    "null": b"null",
    "no JSON": b"<html>",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"client_id":"a"}'.encode("utf-16"),
    "no UTF-8": b'{"client_name":"\xff"}',
    "half a character": b'{"client_name":"\\ud800"}',
    "NaN": b'{"client_name":NaN}',
    "too deep": b'{"a":' * 100 + b"1" + b"}" * 100,
    "much too deep": b"[" * 5000,
    "another's document": json.dumps(document("https://harbour.example/client")).encode(),
}


@spec("CIMD-4")
@pytest.mark.parametrize("case", BODIES)
def test_what_is_no_document_is_none(web: Web, ports: Ports, case: str) -> None:
    url = web.serve(web.url(), BODIES[case])
    assert outcome(url, ports) == "invalid"
    assert ports.documents.look(url, now=NOW).kept is None


@spec("CIMD-4")
def test_a_member_that_stands_twice_is_none(web: Web, ports: Ports) -> None:
    url = web.url()
    body = json.dumps(document(url))
    web.serve(url, (body[:-1] + ',"redirect_uris":["https://evil.example/"]}').encode())
    assert outcome(url, ports) == "invalid"


@spec("CIMD-4")
@pytest.mark.parametrize(
    ("media_type", "holds"),
    [
        ("application/json", True),
        ("application/cimd+json", True),
        ("application/oauth.client-metadata+json", True),
        ("text/html", False),
        ("text/json", False),
        ("application/jsonp", False),
        ("application/+json", False),
        ("application/json+xml", False),
        (None, False),
    ],
)
def test_a_document_is_served_as_json(web: Web, ports: Ports, *, media_type: str | None, holds: bool) -> None:
    url = web.url()
    web.serve(url, json.dumps(document(url)).encode(), media_type=media_type)
    if holds:
        assert begin(url, ports).client_id == url
    else:
        assert outcome(url, ports) == "invalid"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"keys":{}}',
        b'{"keys":[1]}',
        json.dumps({"keys": [{**KEYS["keys"][0], "d": "AAAA"}]}).encode(),
        json.dumps({"keys": [{"kty": "oct", "k": "AAAA"}]}).encode(),
        b'{"keys":[],"a":"' + b"a" * MAX_KEYS_BYTES + b'"}',
    ],
)
def test_keys_that_are_none_make_the_document_none(web: Web, ports: Ports, body: bytes) -> None:
    jwks_uri = web.serve(web.url(), body)
    url = web.publish(web.url(), token_endpoint_auth_method="private_key_jwt", jwks_uri=jwks_uri)
    assert outcome(url, ports) == "invalid"
    assert ports.documents.look(url, now=NOW).kept is None


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


def over_http(origin: Origin, web: Web) -> Ports:
    """The real fetch, of a server on loopback."""
    return Ports(**{**vars(ports_of(web, fetch_allowed_origins=(origin.address,))), "fetch": fetch})


def whole(url: str, **changes: Any) -> bytes:
    return json.dumps(document(url, **changes)).encode()


@spec("CIMD-8.7")
def test_a_document_may_have_five_kilobytes_and_no_byte_more(origin: Origin, web: Web) -> None:
    ports = over_http(origin, web)
    for more, found in ((0, True), (1, False)):
        url = f"{origin.address}/{name()}"
        padding = 5 * 1024 - len(whole(url, padding="")) + more
        body = whole(url, padding="a" * padding)
        assert len(body) == 5 * 1024 + more
        origin.serve(url.removeprefix(origin.address), body, content_type=JSON)
        if found:
            assert begin(url, ports).client_id == url
        else:
            assert outcome(url, ports) == "invalid"


@spec("CIMD-5")
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(origin: Origin, web: Web, status: str) -> None:
    url = f"{origin.address}/moved"
    origin.serve("/target", whole(url), content_type=JSON)
    origin.serve("/moved", whole(url), status=status, location="/target", content_type=JSON)
    assert outcome(url, over_http(origin, web)) == "invalid"
    assert origin.asked("/target") == 0


@spec("CIMD-5")
@pytest.mark.parametrize(
    ("status", "expected"),
    [("201 Created", "invalid"), ("404 No", "invalid"), ("410 Gone", "invalid"), ("503 Busy", "unavailable")],
)
def test_only_200_is_a_document(origin: Origin, web: Web, status: str, expected: str) -> None:
    url = f"{origin.address}/{name()}"
    origin.serve(url.removeprefix(origin.address), whole(url), status=status, content_type=JSON)
    assert outcome(url, over_http(origin, web)) == expected


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
    for _ in range(200):
        time.sleep(0.1)
        connection.sendall(b" ")


def never(connection: socket.socket) -> None:
    connection.recv(1024)


@spec("CIMD-8.6")
def test_slow_servers_and_their_keys_take_no_longer_than_a_fetch_may(origin: Origin, web: Web) -> None:
    servers: list[Callable[[socket.socket], None]] = [drip, never]
    real = Ports(**{**vars(over_http(origin, web)), "clock": time.time})
    urls = [origin.write(f"/{name()}", server) for server in servers]
    keyed = f"{origin.address}/{name()}"
    method = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": urls[0]}
    origin.serve(keyed.removeprefix(origin.address), whole(keyed, **method), content_type=JSON)
    waiting = iter([*urls, keyed])
    began = time.monotonic()
    assert at_once(lambda: outcome(next(waiting), real), 3) == ["unavailable"] * 3
    assert time.monotonic() - began < 20


def test_a_packed_document_is_not_unpacked(origin: Origin, web: Web) -> None:
    url = f"{origin.address}/{name()}"
    origin.serve(url.removeprefix(origin.address), whole(url), content_type=JSON, content_encoding="gzip")
    assert outcome(url, over_http(origin, web)) == "invalid"


@spec("CIMD-8.6")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_special_use_addresses_are_not_asked_whatever_the_name(web: Web, ports: Ports, address: str) -> None:
    def resolving(url: str, **bounds: Any) -> Fetched:
        return fetch(url, resolve=lambda *_: ["93.184.215.14", address], **bounds)

    assert outcome(web.url(), Ports(**{**vars(ports), "fetch": resolving})) == "unavailable"
