"""A network of its own for a command and all it starts: nothing in it but a loopback."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

INSIDE = "KEYTURN_IN_NAMESPACE"
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1


def why_no_namespace() -> str | None:
    """Why none can be made here, None where one can."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return "Amazon DynamoDB Local listens on all interfaces: it needs Linux, and unshare (util-linux)"
    if _unshare() is None:
        return (
            "Amazon DynamoDB Local listens on all interfaces, and a network namespace to keep it in may not "
            "be made here (unshare --net)"
        )
    return None


def enter(command: list[str]) -> int:
    """Runs a command inside, with INSIDE in its environment. Returns its exit code."""
    made = _unshare()
    assert made is not None, why_no_namespace()
    environment = {**os.environ, INSIDE: "1"}
    return subprocess.run([*made, *command], env=environment, check=False).returncode  # noqa: S603 - a developer's own arguments


def raise_loopback() -> None:
    """Inside: has 127.0.0.1 and ::1 work."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(control, _GET_FLAGS, request))
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def _unshare() -> list[str] | None:
    """As root directly, else as root of a user namespace, whichever the system lets us."""
    for options in (["--net"], ["--net", "--user", "--map-root-user"]):
        command = ["unshare", *options]
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - no input
            return command
    return None
