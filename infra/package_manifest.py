"""What a package says of itself: package.json beside the zip, for the deploy command and for people."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.runtime_python import VARIABLE

NAME = "package.json"


class ManifestError(ValueError):
    """There is no manifest, or it is not of the zip beside it; the text says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`compiled_by` is the version of the Python that made the byte code, empty where there is none.

    `imported_by` is the one that imported every handler; `twin` says that it did so with this machine's
    builds of the compiled libraries. Sizes are bytes.
    """

    runtime: str
    architecture: str
    compiled_by: str
    imported_by: str
    twin: bool
    libraries: dict[str, str]
    sha256: str
    zipped: int
    unzipped: int

    def warning(self) -> str:
        """What whoever deploys it should know, and the way out; empty where there is nothing."""
        if self.compiled_by:
            return ""
        version = self.runtime.removeprefix("python")
        return (
            f"WARNING: this package has no byte code: functions take twice as long to start.\n"
            f"There was no Python {version} to compile it. Get one and build again, by any of\n"
            f"  uv python install {version}\n"
            f"  brew install python@{version}\n"
            f"  apt install {self.runtime}\n"
            f"or name one that is not in the PATH: {VARIABLE}=/path/to/{self.runtime}"
        )

    def write(self, directory: Path) -> None:
        """Writes it beside its zip."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (directory / NAME).write_text(text, encoding="utf-8")


def read_manifest(directory: Path, archive: bytes) -> Manifest:
    """The manifest of the zip with these bytes. Raises ManifestError."""
    path = directory / NAME
    try:
        manifest = Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ManifestError(f"There is no {path}.") from None
    except (ValueError, TypeError):
        raise ManifestError(f"{path} is of another version of this command.") from None
    if manifest.sha256 != hashlib.sha256(archive).hexdigest():
        raise ManifestError(f"{path} is of another zip than the one beside it.")
    return manifest


def libraries_of(package: Path) -> dict[str, str]:
    """The versions of the libraries in a package, by name."""
    pairs = (path.name.removesuffix(".dist-info").rsplit("-", 1) for path in package.glob("*.dist-info"))
    return {one[0]: one[1] for one in sorted(pairs)}
