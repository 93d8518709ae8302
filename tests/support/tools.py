"""Programs that tests need and not every machine has: skipped without, except in CI."""

import os
import shutil
from typing import NoReturn

import pytest


def need(*programs: str) -> str:
    """The path of the first of these programs that is here. Without one the test is skipped; where
    CI=true it fails, so that CI never passes for what it did not run.
    """
    found = next(filter(None, map(shutil.which, programs)), None)
    return found or missing(f"{' or '.join(programs)} is not installed")


def missing(reason: str) -> NoReturn:
    """Skips the test for this reason, or fails it where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI=true")
    pytest.skip(reason, allow_module_level=True)
