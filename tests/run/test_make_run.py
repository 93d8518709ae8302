"""`make run` from a clone that was set up before, with an empty environment."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.run.conftest import Checkout
from tests.support.client_app import verified
from tests.support.demo import Demo, free_ports
from tests.support.http import Caller, HttpTransport
from tests.support.tools import need

LAST_LINE = "Below comes one line a request"
PATIENCE = 60


@contextmanager
def make_run(checkout: Checkout, port: int) -> Iterator[subprocess.Popen[str]]:
    """The command in a session of its own, as a terminal gives it; ended with the block."""
    process = subprocess.Popen(  # noqa: S603 - a command of our own
        [need("make"), "run", f"PORT={port}"],
        cwd=checkout.folder,
        env=checkout.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_printed_commands_work_as_they_stand_and_ctrl_c_leaves_nothing(checkout: Checkout) -> None:
    checkout.install()
    need("curl")
    temporary = checkout.folder.parent / "temporary"
    temporary.mkdir()
    checkout.environment["TMPDIR"] = str(temporary)
    before = contents(checkout.folder)
    port = free_ports()
    with make_run(checkout, port) as process:
        printed = read_banner(process)
        commands = re.findall(r"^  (curl (?:[^\n\\]|\\\n)+)", printed, re.MULTILINE)
        assert len(commands) == 3

        token = shell(checkout, commands[0])["access_token"]
        issuer = Caller(HttpTransport(f"http://localhost:{port}"))
        claims = verified(token, issuer, audience=f"http://localhost:{port + 2}/")
        assert claims["client_id"] == "demo-service"
        assert shell(checkout, commands[1], TOKEN=token) == {"notes": []}
        assert shell(checkout, commands[2], TOKEN=token)["active"] is True

        # Ctrl-C goes to everything of the terminal.
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert "Stopped. Nothing was kept." in rest
        assert "Traceback" not in rest
    assert not group_exists(process.pid)
    assert contents(checkout.folder) == before
    assert contents(temporary) == set()


def test_taken_port_is_told_with_another_that_works(checkout: Checkout, demo: Demo) -> None:
    checkout.install()
    with make_run(checkout, demo.port) as process:
        printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert f"Port {demo.port} is taken." in printed
        assert f"make run PORT={demo.port + 100}" in printed
        assert "Traceback" not in printed


def read_banner(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(LAST_LINE):
            return "".join(lines)
    raise AssertionError("".join(lines))


def shell(checkout: Checkout, command: str, **environment: str) -> Any:
    """What a person gets who pastes a command into their terminal."""
    done = subprocess.run(  # noqa: S603 - a command of our own
        ["/bin/sh", "-c", command],
        env={**checkout.environment, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return json.loads(done.stdout)


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def contents(folder: Path) -> set[Path]:
    """Everything in a folder; links are not followed."""
    return {Path(root, name) for root, folders, files in os.walk(folder) for name in (*folders, *files)}
