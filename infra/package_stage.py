"""What goes into the package: a clean copy of the application, the locked libraries, Chalice's zip.

The libraries go into Chalice's vendor directory, by pip, instead of into a requirements.txt: Chalice
only warns of a wheel it cannot find and checks no hash of the ones it looks up anew for Lambda's
platform. pip with --require-hashes refuses both.
"""

import os
import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

from infra.build_error import BuildError
from infra.this_python import last_words, run_python

APPLICATION = ("app.py", "chalicelib", ".chalice")
LOCK = Path("requirements/runtime.txt")

# Chalice's default, and what .chalice/config.json says. The package can only be proved by importing
# it, so it is built on the architecture it is for.
ARCHITECTURE = "x86_64"
_PLATFORMS = (f"manylinux_2_17_{ARCHITECTURE}", f"manylinux2014_{ARCHITECTURE}")

_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache", "deployments", "deployed")
_CHALICE = "from chalice.cli import main; raise SystemExit(main())"


def stage(root: Path, target: Path) -> None:
    """A copy of the application without caches or earlier deployments."""
    if platform.machine() != ARCHITECTURE:
        raise BuildError(
            f"The package is for {ARCHITECTURE} and this machine is {platform.machine()}. "
            f"Build it on {ARCHITECTURE}, as only there can its handlers be imported."
        )
    target.mkdir(parents=True)
    for name in APPLICATION:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, ignore=_LEFT_BEHIND)
        else:
            shutil.copy(root / name, target / name)
    # Chalice wants one; what it would hold is in vendor.
    (target / "requirements.txt").touch()


def install(lock: Path, target: Path) -> None:
    """The locked libraries, for Lambda's platform. Raises BuildError for any that is not there as locked."""
    arguments = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--no-compile"]
    arguments += ["--only-binary", ":all:", "--target", str(target / "vendor"), "--requirement", str(lock)]
    for name in _PLATFORMS:
        arguments += ["--platform", name]
    done = run_python(arguments, cwd=target, environment=os.environ)
    if done.returncode:
        raise BuildError(
            f"pip could not install {LOCK}: {last_words(done, beginning='ERROR:')} "
            "If a version or a hash is wrong, run requirements/lock.sh; otherwise see to the network."
        )


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
