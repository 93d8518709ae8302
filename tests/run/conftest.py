"""A checkout as somebody has just cloned it, and what they have in their shell: next to nothing."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.demo import ROOT

SETUP = Path("infra") / "local" / "setup.sh"


@dataclass(frozen=True)
class Checkout:
    """A folder with what `make run` needs, no .venv, and an environment of its own."""

    folder: Path
    programs: Path
    environment: dict[str, str]

    def program(self, name: str, script: str) -> None:
        """Puts a program of this name first in the PATH."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """What `make run` does before it starts anything."""
        return subprocess.run(  # noqa: S603 - a command of our own
            ["/bin/sh", str(SETUP), "local"],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def install(self, packages: str = "local") -> None:
        """A .venv as an earlier start has left it: this Python, which has all the packages."""
        (self.folder / ".venv" / "bin").mkdir(parents=True)
        python = self.folder / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        lock = (self.folder / "requirements" / f"{packages}.txt").read_bytes()
        stamp = subprocess.run(["/usr/bin/cksum"], input=lock, capture_output=True, check=True).stdout
        (self.folder / ".venv" / f"installed-{packages}").write_bytes(stamp)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    # A name with a blank and an accent, as home folders have.
    folder, programs, home = (tmp_path / name for name in ("Ada's clöne", "programs", "home"))
    for made in (folder, programs, home):
        made.mkdir()
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    for name in ("Makefile", "chalicelib", "examples", "infra"):
        (folder / name).symlink_to(ROOT / name)
    environment = {"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "HOME": str(home)}
    return Checkout(folder, programs, environment)
