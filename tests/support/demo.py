"""The demo of `make run`, as its own process: the stack over HTTP with its tenant, app and API."""

import contextlib
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOGIN, PASSWORD = "ada@example.com", "correct horse battery staple"
# An unused port may be taken by somebody else before the demo has it.
_TRIES = 5
_END_SECONDS = 60
_PORTS = range(20_000, 32_000)


@dataclass
class Demo:
    """A running demo. `port` is the issuer's, the app and the API have the next two."""

    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def app(self) -> str:
        return f"http://localhost:{self.port + 1}/"

    @property
    def api(self) -> str:
        return f"http://localhost:{self.port + 2}/"

    @property
    def printed(self) -> str:
        """All it has printed until now."""
        return "".join(self.lines)

    def secret(self, client_id: str) -> str:
        """A client's secret, from the command the start prints."""
        found = re.search(rf"curl -u {re.escape(client_id)}:(\S+) ", self.printed)
        assert found is not None, self.printed
        return found[1]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ends it as Ctrl-C would. Returns its exit code; may be called twice."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(_END_SECONDS)
        finally:
            self.process.kill()
            if self.process.stdin is not None:
                self.process.stdin.close()


@contextlib.contextmanager
def running_demo(port: int = 0) -> Iterator[Demo]:
    """The demo on three ports from this one on, 0: on free ones; ready, and ended with the block."""
    for _ in range(_TRIES):
        demo = _start(port or free_ports())
        if demo is not None:
            break
    else:
        raise AssertionError("the ports are taken")
    try:
        yield demo
    finally:
        demo.stop()


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """One demo for all tests of a process."""
    with running_demo() as demo:
        yield demo


def free_ports() -> int:
    """The first of three ports in a row that nobody has, below those a system gives to whom it does not
    matter: none of them is taken while the command starts, by a connection of another test.
    """
    while True:
        first = _PORTS.start + secrets.randbelow(len(_PORTS))
        with contextlib.ExitStack() as opened, contextlib.suppress(OSError):
            for port in range(first, first + 3):
                opened.enter_context(_listener(port))
            return first


def _listener(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


def _start(port: int) -> Demo | None:
    process = subprocess.Popen(  # noqa: S603 - a command of our own
        [sys.executable, "-m", "tests.support.demo_process", "--port", str(port)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    demo = Demo(port, process)
    ready = threading.Event()
    threading.Thread(target=_read, args=(demo, ready), daemon=True).start()
    ready.wait()
    if process.poll() is None:
        return demo
    assert "is taken" in demo.printed, demo.printed
    return None


def _read(demo: Demo, ready: threading.Event) -> None:
    """Keeps what is printed; sets `ready` at the banner's last line, or once there is no more."""
    output = demo.process.stdout
    assert output is not None
    with output:
        for line in output:
            demo.lines.append(line)
            if line.startswith("Below comes one line a request"):
                ready.set()
    demo.process.wait()
    ready.set()
