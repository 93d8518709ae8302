"""Whether a package works: every handler is imported from the unpacked zip, as Lambda would.

In a Python without site-packages, so that a library missing from the zip is missing here too.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.build_error import BuildError
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


def check_handlers(package: Path, handlers: Mapping[str, Mapping[str, str]]) -> None:
    """Imports every handler, each in a process of its own with its function's variables.

    Raises BuildError naming the first that fails.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        faults = pool.map(lambda handler: _fault(package, handler, handlers[handler]), handlers)
        for handler, fault in zip(handlers, faults, strict=True):
            if fault:
                raise BuildError(f"The package is no good: {handler} does not import from it: {fault}")


def _fault(package: Path, handler: str, environment: Mapping[str, str]) -> str:
    done = run_python(
        ["-I", "-S", "-B", "-c", _IMPORT, str(package), handler],
        cwd=package,
        environment={**_LAMBDA, **environment},
    )
    return last_words(done) if done.returncode else ""
