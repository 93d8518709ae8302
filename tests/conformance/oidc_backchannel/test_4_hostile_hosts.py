"""OpenID Connect Back-Channel Logout section 4: hosts of clients that mean harm, or do it."""

import json
import socket
import time
from typing import Any

import pytest

from chalicelib.accounts.attempts import logout_host_key
from tests.support.browser import Browser
from tests.support.logout_receiver import Logouts
from tests.support.tenant import Person
from tests.support.traceability import spec

Log = pytest.CaptureFixture[str]


def tell(logouts: Logouts, browser: Browser, person: Person, uri: str, **changes: Any) -> None:
    """Has a client of this backchannel_logout_uri told once."""
    receiver = logouts.receiver()
    app = logouts.app(receiver, **changes)
    record = logouts.tenant.table("Clients").find(id=f"client#{app.client.client_id}")
    logouts.tenant.table("Clients").change(record, backchannel_logout_uri=uri)
    logouts.sign_out(browser, logouts.sign_in(app, browser, person)["token"])
    logouts.deliver()


INSIDE = [
    "https://127.0.0.1/logout",
    "https://localhost/logout",
    "https://[::1]/logout",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/logout",
    "https://[::ffff:10.0.0.1]/logout",
    "http://127.0.0.1:1/logout",
    "https://user@example.com/logout",
    "file:///etc/passwd",
]


@spec("OIDC-BackChannel-4")
@pytest.mark.parametrize("uri", INSIDE)
def test_no_token_goes_to_an_address_of_this_network_or_without_tls(
    logouts: Logouts, browser: Browser, person: Person, capsys: Log, uri: str
) -> None:
    """Nobody can register these; a name that leads there later is refused where it is asked."""
    capsys.readouterr()
    tell(logouts, browser, person, uri)
    (line,) = told(capsys.readouterr().out)
    assert (line["outcome"], line["attempt"]) == ("failed", 1)
    assert line["logout_error"] in {
        "the URL is not https",
        "the URL is malformed",
        "the host has an address that is not public",
    }


@spec("OIDC-BackChannel-4")
def test_a_redirect_is_not_followed(logouts: Logouts, browser: Browser, person: Person) -> None:
    aim, way = logouts.receiver(), logouts.receiver()
    way.answer("307 Temporary Redirect", location=aim.uri)
    tell(logouts, browser, person, way.uri)
    assert (len(way.bodies), len(aim.bodies)) == (1, 0)
    assert len(logouts.stack.later.waiting()) == 1


def never(connection: socket.socket) -> None:
    """Says nothing until the other side has had enough."""
    while connection.recv(1024):
        pass


def drips(connection: socket.socket) -> None:
    """A byte of a header now and then."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.05)


@spec("OIDC-BackChannel-4")
def test_hosts_that_never_answer_are_left_after_five_seconds_and_others_are_told_meanwhile(
    logouts: Logouts, browser: Browser, person: Person, capsys: Log
) -> None:
    receivers = [logouts.receiver() for _ in range(3)]
    for receiver, answer in zip(receivers, (never, drips), strict=False):
        logouts.origin.write(receiver.path, answer)
    signed_in = [logouts.sign_in(logouts.app(one), browser, person) for one in receivers]
    logouts.sign_out(browser, signed_in[0]["token"])
    capsys.readouterr()
    logouts.deliver()
    lines = told(capsys.readouterr().out)
    assert sorted(str(line["outcome"]) for line in lines) == ["delivered", "failed", "failed"]
    assert [due.event["notice"]["attempt"] for due in logouts.stack.later.waiting()] == [2, 2]


@spec("OIDC-BackChannel-4")
@pytest.mark.parametrize("status", ["200 OK", "503 No"])
def test_an_endless_answer_is_not_read(
    logouts: Logouts, browser: Browser, person: Person, status: str
) -> None:
    receiver = logouts.receiver()

    def endless(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
        for _ in range(1000):
            connection.sendall(b"a" * 65_536)

    logouts.origin.write(receiver.path, endless)
    tell(logouts, browser, person, receiver.uri)
    assert len(logouts.stack.later.waiting()) == (0 if status == "200 OK" else 1)


@spec("OIDC-BackChannel-4")
def test_few_functions_wait_for_a_host_that_nobody_of_the_tenant_has_looked_at(
    logouts: Logouts, browser: Browser, person: Person, capsys: Log
) -> None:
    receiver = logouts.receiver()
    key = logout_host_key("127.0.0.1").key
    counts = logouts.tenant.table("Requests")
    now = int(time.time())
    # As many as may wait at once, none of whom was answered yet.
    waiting = {"attempts": 20, "delay": 80, "next_at": now + 60, "last_at": now, "exp": now + 3600}
    counts.change({"id": key, **waiting})
    try:
        capsys.readouterr()
        tell(logouts, browser, person, receiver.uri, registration="dynamic")
        (line,) = told(capsys.readouterr().out)
        assert line["logout_error"] == "its host is asked too often"
        assert receiver.bodies == []
        # A client that an operator registered is told all the same.
        tell(logouts, Browser(logouts.caller), person, receiver.uri)
        assert len(receiver.bodies) == 1
    finally:
        counts.delete(id=key)


@spec("OIDC-BackChannel-4")
def test_who_takes_it_is_not_counted_against_others_of_its_host(
    logouts: Logouts, browser: Browser, person: Person
) -> None:
    receiver = logouts.receiver()
    counts = logouts.tenant.table("Requests")
    key = logout_host_key("127.0.0.1").key
    counts.delete(id=key)
    tell(logouts, browser, person, receiver.uri, registration="dynamic")
    assert counts.find(id=key)["attempts"] == 0
    receiver.answer("500 No")
    tell(logouts, Browser(logouts.caller), person, receiver.uri, registration="dynamic")
    assert counts.find(id=key)["attempts"] == 1
    counts.delete(id=key)


def told(written: str) -> list[dict[str, Any]]:
    """The lines of backchannel_logout, which hold no token."""
    assert "eyJ" not in written
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("operation") == "backchannel_logout"]
