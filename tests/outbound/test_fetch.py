"""Fetching what a client names: https, one answer, bounded in size and time."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chalicelib.outbound.fetch import MAX_BYTES, fetch
from chalicelib.outbound.fetched import Fetched, FetchError
from tests.support.certificates import Authority, authority
from tests.support.origin import Origin, Write


def get(origin: Origin, url: str) -> Fetched:
    return fetch(url, allowed_origins=(origin.address,))


def test_a_document_over_https_is_read(trusted: Authority) -> None:
    with Origin(trusted.server("127.0.0.1")) as origin:
        url = origin.serve("/jwks?a=b", '{"keys":[]}')
        assert get(origin, url) == Fetched(b'{"keys":[]}', None)


def test_a_certificate_of_another_name_is_refused(trusted: Authority) -> None:
    with Origin(trusted.server("other.example.com")) as origin:
        url = origin.serve("/jwks", "{}")
        with pytest.raises(FetchError, match="SSLCertVerificationError"):
            get(origin, url)
        assert origin.seen == []


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with Origin(authority(tmp_path).server("127.0.0.1")) as origin:
        url = origin.serve("/jwks", "{}")
        with pytest.raises(FetchError, match="SSLCertVerificationError"):
            get(origin, url)
        assert origin.seen == []


def test_the_request_says_what_it_must_and_no_more(origin: Origin) -> None:
    get(origin, origin.serve("/jwks", "{}"))
    line, *headers = origin.seen[0].split("\r\n")
    assert line == "GET /jwks HTTP/1.1"
    assert sorted(header.lower() for header in headers) == [
        "accept-encoding: identity",
        "accept: application/json",
        f"host: 127.0.0.1:{origin.port}",
    ]


URLS = {
    "http": "http://app.example.com/jwks",
    "ftp": "ftp://app.example.com/jwks",
    "file": "file:///etc/passwd",
    "data": "data:application/json,{}",
    "no scheme": "//app.example.com/jwks",
    "no host": "https:///jwks",
    "a user": "https://user@app.example.com/jwks",
    "a user and a password": "https://user:password@app.example.com/jwks",
    "an empty user": "https://@app.example.com/jwks",
    "a backslash before the host": "https://evil.example\\@app.example.com/jwks",
    "port zero": "https://app.example.com:0/jwks",
    "a port too high": "https://app.example.com:65536/jwks",
    "a port of letters": "https://app.example.com:https/jwks",
    "no ASCII": "https://éxample.com/jwks",
    "a space": "https://app.example.com/a b",
    "a line": "https://app.example.com/jwks\r\nx: y",
    "a line in the host": "https://app.example\n.com/jwks",
    "a bracket alone": "https://[::1/jwks",
    "empty": "",
}


@pytest.mark.parametrize("case", URLS)
def test_a_url_that_must_not_be_fetched_is_not_even_looked_up(case: str) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return ["127.0.0.1"]

    with pytest.raises(FetchError, match=r"malformed|not https"):
        fetch(URLS[case], resolve=resolve)
    assert asked == []


def test_a_name_that_does_not_resolve_is_refused() -> None:
    with pytest.raises(FetchError, match="does not resolve"):
        fetch("https://nobody.invalid/jwks")


STATUSES = ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choices")


@pytest.mark.parametrize("status", STATUSES)
def test_a_redirect_is_not_followed(origin: Origin, status: str) -> None:
    target = origin.serve("/target", "{}")
    url = origin.serve("/jwks", "{}", status=status, location=target)
    with pytest.raises(FetchError, match=f"the answer is {status[:3]}"):
        get(origin, url)
    assert origin.asked("/target") == 0


@pytest.mark.parametrize("status", ["201 Created", "204 No", "206 Partial", "304 Same", "404 No", "500 No"])
def test_only_200_is_an_answer(origin: Origin, status: str) -> None:
    with pytest.raises(FetchError, match=f"the answer is {status[:3]}"):
        get(origin, origin.serve("/jwks", "" if status[:3] in {"204", "304"} else "{}", status=status))


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "x-unheard-of"])
def test_a_packed_document_is_not_unpacked(origin: Origin, encoding: str) -> None:
    with pytest.raises(FetchError, match="encoded"):
        get(origin, origin.serve("/jwks", "{}", content_encoding=encoding))


def test_a_document_may_have_64_kib_and_no_byte_more(origin: Origin) -> None:
    assert len(get(origin, origin.serve("/whole", b"a" * MAX_BYTES)).body) == MAX_BYTES == 65_536
    with pytest.raises(FetchError, match="too large"):
        get(origin, origin.serve("/more", b"a" * (MAX_BYTES + 1)))


@pytest.mark.parametrize("head", ["connection: close", "transfer-encoding: chunked"])
def test_a_document_without_an_end_is_left(origin: Origin, head: str) -> None:
    sent = threading.Event()
    chunk = b"2000\r\n" + b"a" * 8192 + b"\r\n" if "chunked" in head else b"a" * 8192

    def pour(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        for _ in range(2000):
            connection.sendall(chunk)
        sent.set()

    with pytest.raises(FetchError, match="too large"):
        get(origin, origin.write("/endless", pour))
    assert not sent.is_set()


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "less than it says": b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"keys":[]}',
    "a chunk cut short": b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\n{"keys":[]}',
    "no last chunk": b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{"keys":[]}\r\n',
    "a head without an end": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200,
    "a line without an end": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000,
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_answer_that_breaks_off_does_not_pass_for_a_whole_one(origin: Origin, case: str) -> None:
    url = origin.write("/jwks", lambda connection: connection.sendall(BROKEN[case]))
    with pytest.raises(FetchError):
        get(origin, url)


def test_a_host_that_refuses_the_connection_is_no_fault_of_ours() -> None:
    with Origin() as origin:
        url, address = origin.address + "/jwks", origin.address
    with pytest.raises(FetchError, match="ConnectionRefusedError"):
        fetch(url, allowed_origins=(address,))


class Drip:
    """Sends a good answer a byte at a time, for four times as long as a fetch may take."""

    def __init__(self, before: bytes, dripped: bytes) -> None:
        self._before, self._dripped = before, dripped
        self.finished = False

    def __call__(self, connection: socket.socket) -> None:
        pace = threading.Event()
        connection.sendall(self._before)
        for position in range(len(self._dripped)):
            pace.wait(20 / len(self._dripped))
            connection.sendall(self._dripped[position : position + 1])
        self.finished = True


HEAD = b"HTTP/1.1 200 OK\r\nconnection: close\r\n"


def test_no_way_to_be_slow_takes_more_than_five_seconds(origin: Origin) -> None:
    """All ways at once. A time-out of each read would let these go on for twenty seconds and succeed."""
    drips = {
        "/head": Drip(b"", HEAD + b"\r\n{}"),
        "/headers": Drip(HEAD, b"x: y\r\n" * 20 + b"\r\n{}"),
        "/body": Drip(HEAD + b"\r\n", b" " * 100 + b"{}"),
        "/sized": Drip(HEAD + b"content-length: 100\r\n\r\n", b" " * 98 + b"{}"),
    }
    writes: dict[str, Write] = {**drips, "/silent": _until_closed}
    urls = [origin.write(path, write) for path, write in writes.items()]
    # A server that accepts the connection and says nothing of TLS.
    urls.append(f"https://127.0.0.1:{origin.port}/")
    allowed = (origin.address, f"https://127.0.0.1:{origin.port}")
    with ThreadPoolExecutor(len(urls)) as threads:
        fetches = [threads.submit(fetch, url, allowed_origins=allowed) for url in urls]
        for each in fetches:
            assert isinstance(each.exception(), FetchError)
    assert not any(drip.finished for drip in drips.values())


def _until_closed(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass
