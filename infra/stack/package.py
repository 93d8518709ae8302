"""build/package as it would be deployed, built anew where it is not of the files that are there now."""

import sys
from pathlib import Path
from zipfile import ZipFile

from infra.build import build

_SOURCES = ("app.py", "chalicelib", "infra/template.yaml", "requirements/runtime.txt", ".chalice/config.json")


def package(root: Path) -> Path:
    """The package's directory. Raises BuildError."""
    outcome = root / "build" / "package"
    built = [outcome / name for name in ("deployment.zip", "template.yaml", "expanded.yaml")]
    if not all(path.is_file() for path in built) or min(map(_changed, built)) < _last_change(root):
        sys.stdout.write("Building the package ...\n")
        build(root)
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
