"""What goes into the package: a clean copy of the application, the locked libraries, Chalice's zip.

The libraries go into Chalice's vendor directory, by pip, instead of into a requirements.txt: Chalice
only warns of a wheel it cannot find and checks no hash of the ones it looks up anew for Lambda's
platform. pip with --require-hashes refuses both, and fetches wheels for any Python and processor.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infra.build_error import BuildError
from infra.target import Target
from infra.this_python import last_words, run_python

APPLICATION = ("app.py", "chalicelib", ".chalice")
LOCK = Path("requirements/runtime.txt")

_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache", "deployments", "deployed")
_CHALICE = "from chalice.cli import main; raise SystemExit(main())"


def stage(root: Path, target: Path) -> None:
    """A copy of the application without caches or earlier deployments."""
    target.mkdir(parents=True)
    for name in APPLICATION:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, ignore=_LEFT_BEHIND)
        else:
            shutil.copy(root / name, target / name)
    # Chalice wants one; what it would hold is in vendor.
    (target / "requirements.txt").touch()


def install(lock: Path, directory: Path, target: Target) -> None:
    """The locked libraries, as wheels of the target's. Raises BuildError for one that is not as locked."""
    _install(
        lock, directory, ["--abi", f"cp{target.tag}", *_each("--platform", target.platforms)], target.version
    )


def install_here(lock: Path, directory: Path, version: str) -> None:
    """The same libraries for this machine and a Python of this version, as in 3.13. Raises BuildError."""
    _install(lock, directory, [], version)


def _install(lock: Path, directory: Path, wheels: list[str], version: str) -> None:
    arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    arguments += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--implementation", "cp"]
    arguments += [
        "--python-version",
        version,
        *wheels,
        "--target",
        str(directory),
        "--requirement",
        str(lock),
    ]
    done = run_python(arguments, cwd=lock.parent, environment=os.environ)
    if done.returncode:
        raise BuildError(
            f"pip could not install {LOCK}: {last_words(done, beginning='ERROR:')} "
            "If a version or a hash is wrong, run requirements/lock.sh; otherwise see to the network."
        )


def _each(option: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from (option, value)


def package(template: Path, target: Path, *, stage: Path, environment: Mapping[str, str]) -> None:
    """Chalice's deployment.zip and sam.yaml, from a staged copy and the template to join to it."""
    # app.py imports every endpoint, so what their modules read when imported has to be there.
    environment = {**os.environ, **environment, "PYTHONDONTWRITEBYTECODE": "1"}
    arguments = ["-c", _CHALICE, "package", "--stage", "prod", "--merge-template", str(template), str(target)]
    done = run_python(arguments, cwd=stage, environment=environment)
    if done.returncode or not (target / "deployment.zip").is_file():
        raise BuildError(
            f"Chalice could not package the application: {last_words(done)} "
            "If an endpoint's module does not import, `python -c 'import app'` shows where."
        )
