"""`python -m infra.local` as a person starts it: what it prints, what then answers, and how it ends."""

import contextlib
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from infra.local.http_server import LoopbackServer, PortTakenError

ROOT = Path(__file__).parents[2]


def free_ports() -> int:
    """The first of three free ports in a row."""
    while True:
        with contextlib.closing(LoopbackServer()) as first:
            port = first.port
        with contextlib.ExitStack() as taken, contextlib.suppress(PortTakenError, OverflowError):
            for number in range(port, port + 3):
                taken.callback(LoopbackServer(number).close)
            return port


class Run:
    """A run of the command; `banner` is what it printed until it was ready."""

    def __init__(self, port: int) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "infra.local", "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.port = port
        self.banner = ""

    def wait_until(self, text: str) -> None:
        assert self.process.stdout is not None
        patience = threading.Timer(120, self.process.kill)
        patience.start()
        while text not in self.banner:
            line = self.process.stdout.readline()
            assert line, self.banner
            self.banner += line
        patience.cancel()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest


@contextlib.contextmanager
def run(port: int) -> Iterator[Run]:
    started = Run(port)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


def test_what_is_printed_is_true_and_ctrl_c_ends_it() -> None:
    with run(free_ports()) as started:
        started.wait_until("one line a request")
        assert "\x1b" not in started.banner
        assert max(map(len, started.banner.splitlines())) <= 80
        urls = re.findall(r"http://localhost:\d+\S*", started.banner)
        discovery = next(url for url in urls if "openid-configuration" in url)
        app, api = (f"http://localhost:{started.port + offset}/" for offset in (1, 2))
        assert {app, f"{api}notes"} <= set(urls)
        with requests.Session() as client:
            client.trust_env = False
            metadata = client.get(discovery, timeout=30).json()
            assert metadata["issuer"] == f"http://localhost:{started.port}"
            assert "<title>Notes" in client.get(app, timeout=30).text
            assert client.get(f"{app}config.json", timeout=30).json()["resource"] == api
            service, resource_server = re.findall(r"curl -u ([a-z-]+):(\S+)", started.banner)
            token = client.post(
                metadata["token_endpoint"],
                auth=service,
                data={"grant_type": "client_credentials"},
                timeout=30,
            ).json()["access_token"]
            called = client.get(f"{api}notes", headers={"Authorization": f"Bearer {token}"}, timeout=30)
            assert called.json() == {"notes": []}
            told = client.post(
                metadata["introspection_endpoint"], auth=resource_server, data={"token": token}, timeout=5
            ).json()
            assert (told["active"], told["client_id"]) == (True, "demo-service")
        code, rest = started.end(signal.SIGINT)
    assert code == 0
    assert rest.endswith("Stopped. Nothing was kept.\n")
    assert token not in rest


def test_sigterm_ends_it_while_it_starts() -> None:
    with run(free_ports()) as started:
        started.wait_until("Starting")
        code, rest = started.end(signal.SIGTERM)
    assert (code, "Traceback" in rest) == (0, False)
    assert rest.endswith("Stopped. Nothing was kept.\n")


def refused(port: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", "infra.local", f"--port={port}", *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_a_taken_port_is_one_line_with_a_way_out(offset: int) -> None:
    port = free_ports()
    with contextlib.closing(LoopbackServer(port + offset)):
        ended = refused(str(port))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"Port {port + offset} is taken. Stop what uses it, or take others: make run PORT={port + 100}\n"
    )


@pytest.mark.parametrize("port", ["0", "-1", "65533", "http", "8000.0"])
def test_what_is_no_port_is_said(port: str) -> None:
    ended = refused(port)
    assert ended.returncode == 2
    assert "is no port from 1 to 65532" in ended.stderr


def test_a_policy_hook_that_is_none_is_one_line(tmp_path: Path) -> None:
    ended = refused(str(free_ports()), f"--policy-hook={tmp_path / 'nowhere.py'}")
    assert (ended.returncode, ended.stdout) == (1, "")
    where = tmp_path / "nowhere.py"
    assert ended.stderr == f"The policy hook can't be run. {where}: No such file or directory.\n"
