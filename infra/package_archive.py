"""The zip that Lambda gets: less than Chalice's, compiled, and the same bytes for the same content."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infra.build_error import BuildError
from infra.this_python import last_words, run_python

# What no function uses. A pattern of a directory takes all that is in it.
UNUSED = (
    "app.py",  # the manifest, for Chalice alone: functions are called by their module's name
    "chalice",
    "bin",
    "cffi",  # cryptography uses its compiled half, _cffi_backend, alone
    "pycparser",  # for cffi
    # pip's notes on how it installed; licences and metadata stay.
    "*.dist-info/INSTALLER",
    "*.dist-info/RECORD",
    "*.dist-info/REQUESTED",
    "**/__pycache__",
    "**/tests",
    "**/*.pyi",
)

# Where Lambda unpacks a function. A .pyc that names its source there needs no renaming at import.
_TASK_ROOT = "/var/task"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def prune(package: Path) -> None:
    """Removes what no function uses."""
    for pattern in UNUSED:
        for path in sorted(package.glob(pattern)):
            _remove(path)


def compile_modules(package: Path, python: str) -> None:
    """Adds a .pyc to every module, which halves what its import takes. Raises BuildError.

    `python` is a program of the version that will read them. They are unchecked: Lambda's directory is
    read-only and its files' times are not ours, so a check against the source could neither pass nor be
    mended.
    """
    # A process of its own, with a hash seed of its own, so that sets of constants keep their order.
    # What the compiler warns of is an error: each version finds something new in old code.
    arguments = ["-W", "error", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    done = run_python(
        [*arguments, "-s", ".", "-p", _TASK_ROOT, "."],
        cwd=package,
        environment={"PATH": os.defpath, "PYTHONHASHSEED": "0"},
        python=python,
    )
    if done.returncode:
        module = last_words(done, beginning="*** Error compiling")
        raise BuildError(f"{module} {last_words(done)} Mend it, or the version locked for it.")


def write_zip(package: Path, target: Path) -> None:
    """A zip of a directory whose bytes depend on its files' names and content alone."""
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for path in _files(package):
            entry = ZipInfo(path.relative_to(package).as_posix(), _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose permissions follow: everyone may read
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())


def unzipped_size(archive: Path) -> int:
    """Bytes of all files in a zip, of which Lambda takes 250 MB."""
    with ZipFile(archive) as opened:
        return sum(entry.file_size for entry in opened.infolist())


def _files(package: Path) -> Iterator[Path]:
    return (path for path in sorted(package.rglob("*")) if path.is_file())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
