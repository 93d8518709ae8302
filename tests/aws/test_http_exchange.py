"""One HTTP exchange by hand: never anything else than http.client would have made of the same bytes."""

import http.client
import socket
from contextlib import closing, suppress
from threading import Thread

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.aws.http_exchange import MAX_BODY, HttpResponse, NotHttp, exchange

OK = b"HTTP/1.1 200 OK\r\n"


def exchanged(answer: bytes) -> HttpResponse:
    """What our own makes of bytes that are already there."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        ours.settimeout(1)
        return exchange(ours, "POST", "/", {"Host": "a"}, b"{}")


def by_http_client(answer: bytes) -> tuple[int, bytes, bool]:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        ours.settimeout(1)
        with closing(http.client.HTTPResponse(ours, method="POST")) as response:
            response.begin()
            return response.status, response.read(), not response.will_close


token = st.text("!#$%&'*+.^_`|~-abcXYZ019", min_size=1, max_size=9)
value = st.text(st.characters(min_codepoint=32, max_codepoint=255).filter(str.isprintable), max_size=20)


@st.composite
def responses(draw: st.DrawFn) -> tuple[bytes, int, bytes]:
    """A well-formed response, its status and its body."""
    status = draw(st.sampled_from([200, 202, 301, 400, 403, 413, 500, 503]))
    body = draw(st.binary(max_size=300))
    others = draw(st.lists(st.tuples(token, value), max_size=5))
    lines = [f"{name}: {text}".encode("latin-1") for name, text in others]
    sent = body
    match draw(st.sampled_from(["length", "chunks", "end"])):
        case "length":
            lines.append(b"Content-Length: %d" % len(body))
        case "chunks":
            lines.append(b"Transfer-Encoding: chunked")
            size = draw(st.integers(1, 80))
            pieces = [body[at : at + size] for at in range(0, len(body), size)]
            chunks = [b"%x;x=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
            sent = b"".join(chunks) + b"0\r\nt: 1\r\n\r\n"
    before = b"HTTP/1.1 100 Continue\r\n\r\n" if draw(st.booleans()) else b""
    head = b"\r\n".join([b"HTTP/1.1 %d Any" % status, *lines])
    return before + head + b"\r\n\r\n" + sent, status, body


@given(responses())
def test_a_response_comes_whole(response: tuple[bytes, int, bytes]) -> None:
    answer, status, body = response
    found = exchanged(answer)
    assert (found.status, found.body) == (status, body)
    assert (found.status, found.body, found.reusable) == by_http_client(answer)


@given(responses(), st.data())
@example((OK + b"content-length: 2\r\n\r\n{}", 200, b"{}"), None)
def test_a_damaged_response_is_refused_or_read_as_http_client_reads_it(
    response: tuple[bytes, int, bytes], data: st.DataObject | None
) -> None:
    answer = response[0]
    if data is not None:
        at = data.draw(st.integers(0, len(answer) - 1))
        cut = data.draw(st.integers(0, 3))
        answer = answer[:at] + data.draw(st.binary(max_size=3)) + answer[at + cut :]
    try:
        found = exchanged(answer)
    except NotHttp:
        return
    status, body, reusable = by_http_client(answer)
    assert (found.status, found.body) == (status, body)
    assert reusable or not found.reusable


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 2000\r\n\r\n",
        OK + b"content-length: 3\r\n\r\n{}",
        OK + b"content-length: -2\r\n\r\n{}",
        OK + b"content-length: 2\r\ncontent-length: 1\r\n\r\n{}",
        OK + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n0_2\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n",
        OK + b"content-length: " + b"9" * 5000 + b"\r\n\r\n{}",
        OK + b"content-length: 99999999999\r\n\r\n{}",
        OK + b"no header\r\n\r\n",
        OK + b"content-length : 2\r\n\r\n{}",
        OK + b"a: b\r\n content-length: 2\r\n\r\n{}",
        OK + b"a: " + b"b" * 200_000,
    ],
)
def test_what_is_no_response_is_none(answer: bytes) -> None:
    with pytest.raises(NotHttp):
        exchanged(answer)


@pytest.mark.parametrize(
    ("answer", "reusable"),
    [
        (OK + b"content-length: 2\r\n\r\n{}", True),
        (OK + b"content-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n", False),
        (OK + b"content-length: 2\r\nconnection: close\r\n\r\n{}", False),
        (OK + b"content-length: 2\r\nconnection: keep-alive, Close\r\n\r\n{}", False),
        (OK + b"content-length: 2\r\nconnection: close\r\nconnection: x\r\n\r\n{}", False),
        (OK + b"\r\n{}", False),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", False),
    ],
)
def test_a_connection_is_used_again_only_where_its_next_answer_is_the_next_requests(
    answer: bytes, *, reusable: bool
) -> None:
    assert exchanged(answer).reusable is reusable


def test_a_body_larger_than_any_of_aws_is_not_taken_in_however_it_is_sent() -> None:
    half = b"x" * (MAX_BODY // 2 + 1)
    chunk = b"%x\r\n%s\r\n" % (len(half), half)
    for answer in (
        OK + b"content-length: %d\r\n\r\n" % (2 * len(half)),
        OK + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % (2 * len(half)),
        OK + b"transfer-encoding: chunked\r\n\r\n" + chunk + chunk,
        OK + b"\r\n" + half + half,
    ):
        ours, theirs = socket.socketpair()
        with closing(ours), closing(theirs):
            # Nobody ends it: only what refuses it comes back before the time is over.
            sender = Thread(target=_send, args=(theirs, answer))
            sender.start()
            ours.settimeout(30)
            with pytest.raises(NotHttp):
                exchange(ours, "POST", "/", {"Host": "a"}, b"{}")
            ours.close()
            sender.join()


def _send(connection: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        connection.sendall(answer)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_ends_with_its_head(status: bytes) -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(b"HTTP/1.1 " + status + b"\r\n\r\n")
        ours.settimeout(30)
        found = exchange(ours, "POST", "/", {"Host": "a"}, b"{}")
    assert (found.body, found.reusable) == (b"", True)


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 100 Continue\r\n\r\n" * 50, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"]
)
def test_interim_answers_are_few_and_change_no_protocol(answer: bytes) -> None:
    with pytest.raises(NotHttp):
        exchanged(answer + OK + b"content-length: 2\r\n\r\n{}")


@pytest.mark.parametrize("value", ["a\r\nX-Amz-Target: b", "a\nb", "a\rb"])
def test_a_header_of_two_lines_is_not_sent(value: str) -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        with pytest.raises(ValueError, match="one line"):
            exchange(ours, "GET", "/", {"Authorization": value}, None)
        ours.close()
        assert theirs.recv(1) == b""
