"""Python, run once more: the build's steps that need a process of their own."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_python(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    python: str = sys.executable,
) -> subprocess.CompletedProcess[str]:
    """Runs it (this very Python, unless another is named) to its end, in a directory and with no other
    environment than the one given. Raises OSError where it cannot be started.
    """
    return subprocess.run(  # noqa: S603 - no shell, and every argument is made by the build
        [python, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def last_words(done: subprocess.CompletedProcess[str], *, beginning: str = "") -> str:
    """The last line it wrote, of those with this beginning, as a sentence: it says what is wrong."""
    lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines()]
    said = [line.removeprefix(beginning).strip() for line in lines if line and line.startswith(beginning)]
    return said[-1].rstrip(".") + "." if said else f"It ended with {done.returncode}."
