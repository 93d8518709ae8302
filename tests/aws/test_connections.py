"""Connections: kept alive, given up in time, trusting whom they should."""

import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from chalicelib.aws.amazon_roots import AMAZON_ROOTS
from chalicelib.aws.http_connections import Connections, NoAnswer
from chalicelib.aws.refusal import Refusal
from tests.aws.service_at import ANSWER, NOON, service_at
from tests.support.certificates import authority
from tests.support.environment import changed_environment
from tests.support.scripted import ScriptedService, Step, cuts, refuses, says, sends, then_closes


def test_one_connection_serves_call_after_call() -> None:
    with ScriptedService([ANSWER]) as scripted:
        service = service_at(scripted)
        for _ in range(3):
            service.call("GetItem", {})
    assert {asked.connection for asked in scripted.asked} == {1}


@pytest.mark.parametrize("name", ["host", "Host"])
def test_a_host_that_is_given_is_the_only_one(name: str) -> None:
    with ScriptedService([ANSWER]) as scripted:
        connections = Connections(scripted.endpoint)
        connections.send("POST", "/", b"{}", {name: "another"}, timeout=30)
        connections.send("POST", "/", b"{}", {}, timeout=30)
        connections.close()
    first, second = (asked.headers["host"] for asked in scripted.asked)
    assert (first, second) == ("another", scripted.endpoint.removeprefix("http://"))
    assert [asked.repeated for asked in scripted.asked] == [False, False]


def test_threads_have_connections_of_their_own() -> None:
    with ScriptedService([ANSWER]) as scripted:
        service = service_at(scripted)
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: service.call("GetItem", {}), range(200)))
    assert answers == [{"a": 1}] * 200
    assert len({asked.connection for asked in scripted.asked}) <= 8


LEFT_OVER = sends(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n", keep=True)


@pytest.mark.parametrize(
    "first",
    [
        then_closes(ANSWER),
        then_closes(refuses("AccessDeniedException")),
        says({}, connection="close"),
        sends(b"HTTP/1.0 200 OK\r\n\r\n{}"),
        LEFT_OVER,
    ],
    ids=["closed", "closed after an error", "says so", "HTTP/1.0", "more than was said"],
)
def test_a_connection_that_is_not_good_any_more_costs_no_attempt(first: Step) -> None:
    with ScriptedService([first, ANSWER]) as scripted:
        service = service_at(scripted)
        with suppress(Refusal):
            service.call("GetItem", {})
        time.sleep(0.3)  # the other end closes meanwhile
        assert service.call("GetItem", {}) == {"a": 1}
        assert len(scripted.asked) == 2
        assert [asked.connection for asked in scripted.asked] == [1, 2]


@pytest.mark.parametrize("passed", [21.0, -1.0])
def test_a_connection_is_not_used_after_a_long_time_or_a_clock_set_back(passed: float) -> None:
    now = [NOON]
    with ScriptedService([ANSWER]) as scripted:
        connections = Connections(scripted.endpoint, clock=lambda: now[0])
        for _ in range(2):
            connections.send("POST", "/", b"{}", {}, timeout=30)
            now[0] += passed
        connections.close()
    assert [asked.connection for asked in scripted.asked] == [1, 2]


def test_a_failure_takes_the_idle_connections_along() -> None:
    with ScriptedService([ANSWER, ANSWER, ANSWER, ANSWER, cuts, ANSWER]) as scripted:
        service = service_at(scripted)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda _: service.call("GetItem", {}), range(4)))
        connections = {asked.connection for asked in scripted.asked}
        service.call("GetItem", {})
        assert scripted.asked[-1].connection not in connections


def test_amazons_roots_are_good_for_years() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=AMAZON_ROOTS)
    roots = context.get_ca_certs()
    assert len(roots) == 5
    for root in roots:
        assert root["subject"] == root["issuer"]
        assert ssl.cert_time_to_seconds(str(root["notAfter"])) > time.time() + 5 * 365 * 86_400


def test_an_authority_the_system_trusts_is_trusted_too(tmp_path: Path) -> None:
    ours = authority(tmp_path)
    with (
        ScriptedService([ANSWER], tls=ours.server("127.0.0.1")) as scripted,
        changed_environment(SSL_CERT_FILE=str(ours.path)),
    ):
        service = service_at(scripted)
        assert service.call("GetItem", {}) == service.call("GetItem", {}) == {"a": 1}
    assert {asked.connection for asked in scripted.asked} == {2}


@pytest.mark.parametrize("host", ["127.0.0.1", "another.example.com"])
def test_nothing_is_sent_to_a_stranger(tmp_path: Path, host: str) -> None:
    (tmp_path / "theirs").mkdir()
    ours, theirs = authority(tmp_path), authority(tmp_path / "theirs")
    signer = theirs if host == "127.0.0.1" else ours
    with (
        ScriptedService([ANSWER], tls=signer.server(host)) as scripted,
        changed_environment(SSL_CERT_FILE=str(ours.path)),
    ):
        with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
            service_at(scripted).call("GetItem", {})
        assert not scripted.asked


def test_an_old_version_of_tls_is_refused(tmp_path: Path) -> None:
    ours = authority(tmp_path)
    context = ours.server("127.0.0.1")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLS"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        ScriptedService([ANSWER], tls=context) as scripted,
        changed_environment(SSL_CERT_FILE=str(ours.path)),
        pytest.raises(NoAnswer),
    ):
        service_at(scripted).call("GetItem", {})
