"""What it takes to start a function: CPU time of a fresh process until its handler is there."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
RUNS = 5

# As Lambda starts one: no site, the packages beside the code. What the interpreter itself takes counts;
# it is in the empty function's figure too.
# Under the name Lambda gives it, an endpoint makes its AWS clients while it is imported: the second
# import of its own module, of which all else is there by then, shows what that takes.
_PROGRAM = """
import importlib, os, sys, time
module = importlib.import_module(sys.argv[1])
imported = time.process_time()
os.environ["AWS_LAMBDA_FUNCTION_NAME"] = sys.argv[1]
importlib.reload(module).handler
print(imported * 1000, time.process_time() * 1000)
"""
_EMPTY = "def handler(event, context):\n    return {}\n"


@dataclass(frozen=True, slots=True)
class Started:
    """Milliseconds until the handler is imported, and until its AWS clients are made as well."""

    imported: float
    initialized: float


class Starts:
    """Starts functions, each in a process of its own."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        (directory / "empty.py").write_text(_EMPTY, encoding="utf-8")
        packages = sysconfig.get_path("purelib")
        path = os.pathsep.join((str(ROOT), packages, str(directory)))
        self._environment = {**environment, "PYTHONPATH": path}

    def empty(self) -> Started:
        """A function that does nothing."""
        return self._median("empty")

    def of(self, handler: str) -> Started:
        """A function, by its module and handler."""
        return self._median(handler.rpartition(".")[0])

    def _median(self, module: str) -> Started:
        self._start(module)  # the first compiles what is not compiled yet
        imported, initialized = zip(*(self._start(module) for _ in range(RUNS)), strict=True)
        return Started(median(imported), median(initialized))

    def _start(self, module: str) -> tuple[float, float]:
        done = subprocess.run(  # noqa: S603 - this very Python, and modules of ours
            [sys.executable, "-S", "-c", _PROGRAM, module],
            env=dict(self._environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{module} does not start: {done.stderr}")
        imported, initialized = done.stdout.split()
        return float(imported), float(initialized)
