"""The loopback server: HTTP/1.1 as clients speak it, and what malformed requests get."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.local.http_request import HttpRequest
from infra.local.http_server import IDLE_SECONDS, HttpResponse, LoopbackServer, PortTakenError


def echo(request: HttpRequest) -> HttpResponse:
    if request.target == "/broken":
        raise RuntimeError("broken")
    if request.target == "/slow":
        time.sleep(0.2)
    if request.target == "/none":
        return HttpResponse(204)
    return HttpResponse(200, (("set-cookie", "a=1"), ("set-cookie", "b=2")), request.body or b"empty")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with contextlib.closing(LoopbackServer().start(echo)) as server:
        yield server


def exchange(server: LoopbackServer, *parts: bytes) -> bytes:
    """What comes back on one connection until it is closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        with contextlib.suppress(OSError):
            # The server may have answered and closed before the last part: it can still be read.
            for part in parts:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_repeated_headers_and_body_are_answered(server: LoopbackServer) -> None:
    answer = exchange(server, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\ndate: ")
    assert b" GMT\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n" in answer
    assert answer.endswith(b"\r\n\r\nhello")


def test_a_connection_is_kept_for_the_next_request(server: LoopbackServer) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert exchange(server, request, b"\r\n" + request, request).count(b"200 OK") == 3


def test_connection_close_ends_it(server: LoopbackServer) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert exchange(server, request, request).count(b"200 OK") == 1


def test_http_1_0_is_closed_after_its_answer(server: LoopbackServer) -> None:
    assert exchange(server, b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n").count(b"200 OK") == 1


def test_bytes_behind_the_last_request_do_not_reset_its_answer(server: LoopbackServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n" + bytes(8_000_000))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_chunked_body_is_dechunked(server: LoopbackServer) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = exchange(server, head, b"3\r\nabc\r\n", b"2;x=y\r\nde\r\n", b"0\r\nTrailer: dropped\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nabcde")


def test_expect_100_continue_is_answered_before_the_body(server: LoopbackServer) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    answer = exchange(server, head, b"ok")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_head_and_204_have_no_body(server: LoopbackServer) -> None:
    head = exchange(server, b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"content-length: 5" in head
    assert head.endswith(b"\r\n\r\n")
    none = exchange(server, b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"204 No Content" in none
    assert b"content-length" not in none


def test_absolute_form_is_understood(server: LoopbackServer) -> None:
    assert status(exchange(server, b"GET http://localhost/?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n")) == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://[x/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nNo colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: unfinished",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    ],
)
def test_malformed_request_gets_400_and_the_connection_ends(
    server: LoopbackServer, request_bytes: bytes
) -> None:
    answer = exchange(server, request_bytes)
    assert status(answer) == 400
    assert b"connection: close" in answer
    assert answer.endswith(b'{"message":"Bad Request"}')


def test_too_long_head_gets_431(server: LoopbackServer) -> None:
    long_value = b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 10_300 + b"\r\n\r\n"
    assert status(exchange(server, long_value)) == 431
    many = b"".join(b"A%d: \r\n" % number for number in range(300))
    assert status(exchange(server, b"GET / HTTP/1.1\r\n" + many + b"\r\n")) == 431


def test_too_long_request_line_gets_414(server: LoopbackServer) -> None:
    assert status(exchange(server, b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")) == 414


def test_body_over_ten_megabytes_gets_413(server: LoopbackServer) -> None:
    declared = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10485761\r\n\r\n"
    assert status(exchange(server, declared)) == 413
    chunk = b"a00000\r\n" + b"a" * 0xA00000 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert status(exchange(server, head, chunk, b"1\r\na\r\n0\r\n\r\n")) == 413


def test_an_application_that_raises_is_a_500(
    server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    answer = exchange(server, b"GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status(answer) == 500
    assert answer.endswith(b'{"message":"Internal Server Error"}')
    assert "GET /broken failed" in caplog.text


def test_several_requests_are_answered_at_a_time() -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    all_there = threading.Barrier(8)

    def wait_for_all(request: HttpRequest) -> HttpResponse:
        all_there.wait(60)
        return echo(request)

    with contextlib.closing(LoopbackServer().start(wait_for_all)) as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: exchange(server, request), range(8)))
    assert [status(answer) for answer in answers] == [200] * 8


def test_connections_beyond_the_limit_wait_for_their_turn() -> None:
    request = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with contextlib.closing(LoopbackServer(max_connections=1).start(echo)) as server:
        answers: list[bytes] = []
        threads = [
            threading.Thread(target=lambda: answers.append(exchange(server, request))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [status(answer) for answer in answers] == [200, 200, 200]


def test_a_taken_port_is_named() -> None:
    with (
        contextlib.closing(LoopbackServer()) as first,
        pytest.raises(PortTakenError, match=f"Port {first.port} is taken"),
    ):
        LoopbackServer(first.port)


def test_both_loopback_addresses_are_served(server: LoopbackServer) -> None:
    if not socket.has_ipv6:
        return
    with socket.create_connection(("::1", server.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_closing_ends_threads_and_open_connections() -> None:
    before = set(threading.enumerate())
    server = LoopbackServer().start(echo)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(1000)
        started = time.monotonic()
        server.close()
        server.close()
        assert time.monotonic() - started < IDLE_SECONDS / 2
        assert connection.recv(1000) == b""
    assert set(threading.enumerate()) == before
