"""AWS's Runtime Interface Emulator and its Python runtime client, out of two packages of PyPI.

Both are development tools of AWS's own and too heavy for .venv: they go into build/emulator, as locked.
"""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.build_error import BuildError
from infra.this_python import last_words, run_python

LOCK = Path("requirements/stack.txt")
_PROGRAMS = {"x86_64": "aws-lambda-rie-x86_64", "aarch64": "aws-lambda-rie-arm64"}


@dataclass(frozen=True, slots=True)
class Emulator:
    """`program` is the emulator, `runtime` the directory the runtime client is imported from."""

    program: Path
    runtime: Path


def emulator(root: Path) -> Emulator:
    """The emulator of a checkout, fetched where it is not there as locked. Raises BuildError."""
    name = _PROGRAMS.get(platform.machine())
    if name is None:
        raise BuildError(f"AWS's emulator is not to be had for {platform.machine()}.")
    home = root / "build" / "emulator"
    # The runtime client is compiled, so it is of one Python.
    lock = f"# Python {sys.version}\n{(root / LOCK).read_text(encoding='utf-8')}"
    program, stamp = home / name, home / "locked.txt"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == lock):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        _install(root / LOCK, home / "packages")
        shutil.copy(home / "packages" / "samcli" / "local" / "rapid" / name, program)
        shutil.rmtree(home / "packages" / "samcli")
        stamp.write_text(lock, encoding="utf-8")
    return Emulator(program, home / "packages")


def _install(lock: Path, target: Path) -> None:
    arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    arguments += ["--no-deps", "--only-binary", ":all:", "--target", str(target), "--requirement", str(lock)]
    done = run_python(arguments, cwd=lock.parent, environment=os.environ)
    if done.returncode:
        raise BuildError(
            f"pip could not install {LOCK}: {last_words(done, beginning='ERROR:')} "
            "This needs a network once; later starts need none."
        )
