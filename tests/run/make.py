"""`make run` and `make stack` as a terminal starts them, and what is left of them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.run.conftest import Checkout
from tests.support.signals import handled
from tests.support.tools import need

LAST_LINE = "Below comes one line a request"
PATIENCE = 120


@contextmanager
def made(checkout: Checkout, target: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """The command in a session of its own, as a terminal gives it; ended with the block."""
    # Behind nohup it would stay where a terminal is closed, as it should.
    with handled(signal.SIGHUP, signal.SIG_DFL):
        process = subprocess.Popen(  # noqa: S603 - a command of our own
            [need("make"), target, f"PORT={port}"],
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


def read_banner(process: subprocess.Popen[str]) -> str:
    """What it printed until it was ready."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(LAST_LINE):
            return "".join(lines)
    raise AssertionError("".join(lines))


def group_exists(group: int) -> bool:
    """Whether anything of what a terminal started is alive."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def functions_of(port: int) -> set[int]:
    """The processes that run functions of the issuer at this port, the emulator's own among them."""
    wanted, found = f"ISSUER=http://localhost:{port}", set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if wanted in variables:
            found.add(int(process.name))
    return found


def contents(folder: Path) -> set[Path]:
    """Everything in a folder; links are not followed."""
    return {Path(root, name) for root, folders, files in os.walk(folder) for name in (*folders, *files)}
