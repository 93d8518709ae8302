"""`make run` from a clone that was set up before, with an empty environment."""

import json
import os
import re
import signal
import subprocess
from typing import Any

from tests.run.conftest import Checkout
from tests.run.make import PATIENCE, contents, group_exists, made, read_banner
from tests.support.client_app import verified
from tests.support.demo import Demo, free_ports
from tests.support.http import Caller, HttpTransport
from tests.support.tools import need


def test_printed_commands_work_as_they_stand_and_ctrl_c_leaves_nothing(checkout: Checkout) -> None:
    checkout.install()
    need("curl")
    temporary = checkout.folder.parent / "temporary"
    temporary.mkdir()
    checkout.environment["TMPDIR"] = str(temporary)
    # Where a stack that runs is told of; what is told goes with it.
    (checkout.folder / "build" / "running").mkdir(parents=True)
    before = contents(checkout.folder)
    port = free_ports()
    with made(checkout, "run", port) as process:
        printed = read_banner(process)
        commands = re.findall(r"^  (curl (?:[^\n\\]|\\\n)+)", printed, re.MULTILINE)
        assert len(commands) == 4

        token = shell(checkout, commands[0])["access_token"]
        issuer = Caller(HttpTransport(f"http://localhost:{port}"))
        claims = verified(token, issuer, audience=f"http://localhost:{port + 2}/")
        assert claims["client_id"] == "demo-service"
        assert shell(checkout, commands[1], TOKEN=token) == {"notes": []}
        assert shell(checkout, commands[2], TOKEN=token)["active"] is True
        assert shell(checkout, commands[3])["redirect_uris"] == ["http://127.0.0.1/"]

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
    with made(checkout, "run", demo.port) as process:
        printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert f"Port {demo.port} is taken." in printed
        assert f"make run PORT={demo.port + 100}" in printed
        assert "Traceback" not in printed


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
