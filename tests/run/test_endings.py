"""However `make run` is ended, and with --stack `make stack`, nothing of it is left."""

import os
import signal
from collections.abc import Callable
from contextlib import closing

import pytest

from infra.local.http_server import LoopbackServer
from tests.run.conftest import Checkout
from tests.run.make import PATIENCE, contents, functions_of, group_exists, made, read_banner
from tests.support.demo import ROOT, free_ports

# Ctrl-C and a terminal that is closed reach everything of the terminal; a supervisor ends make alone.
ENDINGS: dict[str, Callable[[int], None]] = {
    "Ctrl-C": lambda make: os.killpg(make, signal.SIGINT),
    "a closed terminal": lambda make: os.killpg(make, signal.SIGHUP),
    "SIGTERM": lambda make: os.kill(make, signal.SIGTERM),
}


@pytest.fixture
def target(checkout: Checkout, request: pytest.FixtureRequest) -> str:
    """Which command: that of the stack this run is for."""
    if not request.config.getoption("--stack"):
        checkout.install()
        return "run"
    checkout.install("dev")
    for name in ("app.py", ".chalice", "build"):
        (checkout.folder / name).symlink_to(ROOT / name)
    return "stack"


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_left(checkout: Checkout, target: str, ending: str) -> None:
    temporary = checkout.folder.parent / "temporary"
    temporary.mkdir()
    checkout.environment["TMPDIR"] = str(temporary)
    port = free_ports()
    with made(checkout, target, port) as process:
        read_banner(process)
        assert bool(functions_of(port)) == (target == "stack")
        ENDINGS[ending](process.pid)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert "Stopped. Nothing was kept." in rest
        assert "Traceback" not in rest
    assert not group_exists(process.pid)
    assert not functions_of(port)
    assert contents(temporary) == set()
    assert not (checkout.folder / "build" / "running" / f"{port}.json").exists()
    for number in range(port, port + 3):
        with closing(LoopbackServer(number)):
            pass  # the port is free
