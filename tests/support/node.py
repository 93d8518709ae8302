"""Node, beside the scripts of tests/clients/node and the packages of its lock file."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.node_packages import node_packages
from tests.support.tools import missing, need

NODE = Path(__file__).parents[1] / "clients" / "node"
OLDEST_NODE = 20
RUN_SECONDS = 120


@pytest.fixture(scope="session")
def node() -> str:
    """Node's path, the packages of the scripts fetched where they are not there yet."""
    node = need("node")
    version = run_node(node, "--version").stdout.strip().removeprefix("v")
    if int(version.partition(".")[0]) < OLDEST_NODE:
        missing(f"Node {OLDEST_NODE} or newer is needed and this is {version}")
    node_packages(NODE)
    return node


def run_node(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command says, run where the scripts are."""
    return subprocess.run(  # noqa: S603 - commands of our own
        command,
        cwd=NODE,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
