"""Packages of npm that a test needs: those of a lock file, fetched where they are not there yet."""

import subprocess
from pathlib import Path

from tests.support.tools import missing, need

SECONDS = 120


def node_packages(folder: Path) -> Path:
    """Where the packages of the folder's lock file are. Skips the test where they can't be fetched."""
    lock, modules = folder / "package-lock.json", folder / "node_modules"
    installed = modules / ".installed-lock.json"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        fetched = subprocess.run(  # noqa: S603 - a command of our own
            [need("npm"), "ci", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=20000"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if fetched.returncode != 0:
            missing(f"npm could not fetch what {folder.name} needs: {' '.join(fetched.stderr.split())[:200]}")
        installed.write_bytes(lock.read_bytes())
    return modules
