"""A Python of the target's version on this machine: it alone makes byte code that Lambda's will use."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.build_error import BuildError
from infra.target import Target
from infra.this_python import run_python

# Names one that is not in the PATH.
VARIABLE = "RUNTIME_PYTHON"
# Without the global lock it is another Python, whose extension modules have other names.
_ASK = """
import platform, sys, sysconfig
plain = platform.python_implementation() == "CPython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
print(platform.python_version() if plain else "another")
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`version` is the whole of it, as in 3.13.5."""

    program: str
    version: str

    def is_of(self, target: Target) -> bool:
        """Whether Lambda's Python of the target is of the same version."""
        return self.version.startswith(f"{target.version}.")


def this_interpreter() -> Interpreter:
    """The Python that runs this."""
    found = _interpreter(sys.executable)
    if found is None:
        raise BuildError(f"{sys.executable} is no CPython, as Lambda's is.")
    return found


def runtime_interpreter(target: Target) -> Interpreter | None:
    """One of the target's version: named by RUNTIME_PYTHON, this one, or in the PATH; None without.

    Raises BuildError where the one that is named is another.
    """
    if named := os.environ.get(VARIABLE):
        found = _interpreter(named)
        if found is None or not found.is_of(target):
            version = found.version if found else "no CPython"
            raise BuildError(f"{VARIABLE}={named} is {version}, and the package is for {target.runtime}.")
        return found
    for candidate in (sys.executable, shutil.which(target.runtime)):
        found = _interpreter(candidate) if candidate else None
        if found and found.is_of(target):
            return found
    return None


def _interpreter(program: str) -> Interpreter | None:
    try:
        done = run_python(["-I", "-S", "-c", _ASK], cwd=Path.cwd(), environment=os.environ, python=program)
    except OSError:
        return None
    version = done.stdout.strip()
    # What stands in the PATH for a version manager may run and have nothing to run.
    return Interpreter(program, version) if version[:1].isdigit() else None
