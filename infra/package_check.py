"""Whether a package works: every handler is imported from the unpacked zip, as Lambda would.

In a Python without site-packages, so that a library missing from the zip is missing here too. Where the
zip's compiled libraries cannot be loaded on this machine, a twin is imported: the same files, with this
machine's builds of those libraries, locked alike. What the twin cannot show, their headers do.
"""

import os
import re
import shutil
import struct
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.build_error import BuildError
from infra.target import Target
from infra.this_python import last_words, run_python

_IMPORT = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
if not callable(getattr(importlib.import_module(module), name)):
    raise TypeError(f"{name} cannot be called")
"""
# What Lambda sets, as far as an import could look at it.
_LAMBDA = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "TZ": ":UTC",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
# The beginning of a file of machine code on Linux (elf(5)): 64 bits, little-endian, then its processor.
_ELF, _MACHINE_AT, _HEADER = b"\x7fELF\x02\x01", 18, 20
_MACHINES = {62: "x86_64", 183: "aarch64"}
# cpython-313-aarch64-linux-gnu; abi3 is of every Python.
_TAG = re.compile(r"\.cpython-(?P<tag>\d+)(-(?P<machine>\w+)-linux-gnu)?\.(so|pyc)$")
_COMPILED = ("*.so", "*.so.*", "*.pyd", "*.dylib")


def check_handlers(
    package: Path, handlers: Mapping[str, Mapping[str, str]], *, python: str | None = None
) -> None:
    """Imports every handler, each in a process of its own with its function's variables.

    `python` is the program to do it with, otherwise this very Python. Raises BuildError naming the first
    that fails.
    """
    program = {"python": python} if python else {}

    def fault(handler: str) -> str:
        done = run_python(
            ["-I", "-S", "-B", "-W", "error", "-c", _IMPORT, str(package), handler],
            cwd=package,
            environment={**_LAMBDA, **handlers[handler]},
            **program,
        )
        return last_words(done) if done.returncode else ""

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for handler, said in zip(handlers, pool.map(fault, handlers), strict=True):
            if said:
                raise BuildError(f"The package is no good: {handler} does not import from it: {said}")


def check_binaries(package: Path, target: Target, *, compiled: bool) -> None:
    """All machine code is of the target's processor, all that is tied to a Python of the target's.

    `compiled` says whether every module has its byte code. Raises BuildError naming the first that fails.
    """
    for path in sorted(package.rglob("*")):
        if path.is_file():
            _check_file(path, path.relative_to(package), target)
    if compiled:
        for path in sorted(package.rglob("*.py")):
            byte_code = path.parent / "__pycache__" / f"{path.stem}.cpython-{target.tag}.pyc"
            if not byte_code.is_file():
                raise BuildError(f"The package is no good: {path.relative_to(package)} is not compiled.")


def make_twin(package: Path, libraries: Path, twin: Path) -> None:
    """A copy of a package that runs on this machine: its compiled libraries are those of `libraries`.

    Raises BuildError where one is missing there.
    """
    shutil.copytree(package, twin)
    removed = {path.relative_to(twin) for path in _compiled(twin)}
    for path in removed:
        (twin / path).unlink()
    ours = {path.relative_to(libraries) for path in _compiled(libraries)}
    for path in ours:
        (twin / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(libraries / path, twin / path)
    missing = {_module(path) for path in removed} - {_module(path) for path in ours}
    if missing:
        raise BuildError(f"The package cannot be tried: there is no {min(missing)} for this machine.")


def _check_file(path: Path, shown: Path, target: Target) -> None:
    with path.open("rb") as opened:
        header = opened.read(_HEADER)
    machine = None
    if header.startswith(_ELF[:4]):
        (number,) = struct.unpack_from("<H", header, _MACHINE_AT)
        machine = _MACHINES.get(number, str(number)) if header.startswith(_ELF) else "another"
        if machine != target.machine:
            raise BuildError(f"The package is no good: {shown} is for {machine}, not for {target.machine}.")
    elif any(path.match(pattern) for pattern in _COMPILED):
        raise BuildError(f"The package is no good: {shown} is no machine code of Linux.")
    named = _TAG.search(path.name)
    if named and (named["tag"] != target.tag or (named["machine"] or target.machine) != target.machine):
        raise BuildError(f"The package is no good: {shown} is not for {target}.")


def _compiled(directory: Path) -> Iterator[Path]:
    return (path for pattern in _COMPILED for path in directory.rglob(pattern))


def _module(path: Path) -> str:
    """The module a compiled file is, whatever it is compiled for."""
    return path.with_name(path.name.split(".")[0]).as_posix()
