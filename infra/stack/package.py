"""The package, as it would be deployed, for this machine: built anew where it is not of the files there are.

What make package builds is for Lambda's processors, which are not those here. This one differs from it in
the compiled libraries and the byte code alone; it is in build/here.
"""

import sys
from pathlib import Path
from zipfile import ZipFile

from infra.build import build
from infra.package_manifest import NAME as MANIFEST
from infra.target import this_machine

_SOURCES = ("app.py", "chalicelib", "infra/template.yaml", "requirements/runtime.txt", ".chalice/config.json")


def package(root: Path) -> Path:
    """The package's directory. Raises BuildError."""
    outcome, target = root / "build" / "here", this_machine()
    built = [outcome / name for name in ("deployment.zip", "template.yaml", "expanded.yaml", MANIFEST)]
    if (
        not all(path.is_file() for path in built)
        or min(map(_changed, built)) < _last_change(root)
        or f'"{target.runtime}"' not in (outcome / MANIFEST).read_text(encoding="utf-8")
    ):
        sys.stdout.write(f"Building the package for this machine ({target}) ...\n")
        build(root, target=target, outcome=outcome)
    return outcome


def unzip(directory: Path, target: Path) -> None:
    """A package's deployment.zip, where the functions find it."""
    with ZipFile(directory / "deployment.zip") as archive:
        archive.extractall(target)


def _last_change(root: Path) -> float:
    sources = [path for name in _SOURCES for path in ((root / name), *(root / name).rglob("*"))]
    return max(_changed(path) for path in sources if path.is_file() and "__pycache__" not in path.parts)


def _changed(path: Path) -> float:
    return path.stat().st_mtime
