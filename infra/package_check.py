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
# botocore reads its descriptions of services when a client is made, not when it is imported.
_CONNECT = """
import sys
sys.path.insert(0, sys.argv[1])
from chalicelib.aws import connections
connections.connect_dynamodb()
connections.connect_kms()
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
        faults = pool.map(lambda handler: _fault(package, _IMPORT, handler, handlers[handler]), handlers)
        for handler, fault in zip(handlers, faults, strict=True):
            if fault:
                raise BuildError(f"The package is no good: {handler} does not import from it: {fault}")


def check_clients(package: Path) -> None:
    """Makes the clients of AWS from the package. Raises BuildError."""
    fault = _fault(package, _CONNECT, "", {})
    if fault:
        raise BuildError(f"The package is no good: it makes no client of AWS: {fault}")


def _fault(package: Path, program: str, handler: str, environment: Mapping[str, str]) -> str:
    done = run_python(
        ["-I", "-S", "-B", "-c", program, str(package), handler],
        cwd=package,
        environment={**_LAMBDA, **environment},
    )
    return last_words(done) if done.returncode else ""
