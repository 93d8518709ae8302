"""One Amazon DynamoDB Local, empty and in memory, for as long as a block lasts."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.dynamodb_local.namespace import INSIDE
from tests.support.dynamodb_local.package import jar_directory

_OPTIONS = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_FIRST_PORT = 8000
# It starts in a second; a machine that is busy with other things may take long.
_STARTING_SECONDS = 120


@contextmanager
def amazon_dynamodb() -> Iterator[str]:
    """Starts one, which this process of the tests has for itself. Gives its URL. Raises RuntimeError."""
    if INSIDE not in os.environ:
        raise RuntimeError(
            "It listens on all interfaces: python -m tests.support.dynamodb_local keeps it in."
        )
    # Nobody else is in the namespace, and the system gives no such port away.
    port = _FIRST_PORT + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    server = _start(port)
    try:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()  # it keeps nothing
        server.wait()


def _start(port: int) -> "subprocess.Popen[bytes]":
    directory = jar_directory()
    assert directory is not None
    command = ["java", *_OPTIONS, f"-Djava.library.path={directory / 'DynamoDBLocal_lib'}"]
    command += ["-jar", str(directory / "DynamoDBLocal.jar")]
    command += ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - no input


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Amazon DynamoDB Local does not start.")
