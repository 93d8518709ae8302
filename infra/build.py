"""Builds what is deployed: `python -m infra.build` writes build/package.

deployment.zip is the code of all functions, template.yaml the SAM template that names it, and
expanded.yaml what CloudFormation makes of that. Nothing is left there that did not pass every check.
"""

import hashlib
import shutil
import sys
import time
from pathlib import Path
from zipfile import ZipFile

from infra import package_archive, package_check, package_stage
from infra.build_error import BuildError
from infra.expand import RUNTIME, TEMPLATE, Template, expand, functions_of, to_yaml
from infra.lint import findings
from infra.local.intrinsics import TemplateError, parse_yaml
from infra.local.template import read_template
from infra.versions import with_versions

ROOT = Path(__file__).parents[1]
HEADER = "# Written by python -m infra.build from infra/template.yaml and app.py: change those.\n"
NEXT = "make deploy TENANT=acme STAGE=prod PACKAGE=build/package"


def build(root: Path = ROOT) -> Path:
    """Builds the package of a checkout and answers its directory. Raises BuildError."""
    work, outcome = root / "build" / "work", root / "build" / "package"
    for directory in (work, outcome):
        shutil.rmtree(directory, ignore_errors=True)
    staged, chalice, package, unpacked = (work / name for name in ("stage", "chalice", "package", "unpacked"))

    _say("Staging app.py, chalicelib and .chalice")
    package_stage.stage(root, staged)
    _say(f"Installing {package_stage.LOCK} for {RUNTIME} on {package_stage.ARCHITECTURE}")
    package_stage.install(root / package_stage.LOCK, staged)
    _say("Packaging with Chalice")
    template = root / "infra" / TEMPLATE.name
    # Refused here where it is wrong; Chalice takes the last of two keys for granted.
    variables = read_template(template).environment()
    package_stage.package(template, chalice, stage=staged, environment=variables)
    merged = parse_yaml((chalice / "sam.yaml").read_text(encoding="utf-8"))
    check_agreement(merged)
    merged = with_versions(merged)

    _say("Leaving out what no function uses, compiling the rest")
    _unpack(chalice / "deployment.zip", package)
    package_archive.prune(package)
    package_archive.compile_modules(package)
    package_archive.write_zip(package, work / "deployment.zip")
    (work / "template.yaml").write_text(HEADER + to_yaml(merged), encoding="utf-8")
    (work / "expanded.yaml").write_text(HEADER + to_yaml(expand(merged)), encoding="utf-8")

    functions = read_template(work / "expanded.yaml").functions
    _say(f"Importing {len(functions)} handlers from the zip")
    _unpack(work / "deployment.zip", unpacked)
    package_check.check_handlers(unpacked, {function.handler: function.environment for function in functions})
    _say("Linting the expanded template")
    check_lint(work / "expanded.yaml")

    outcome.mkdir()
    for name in ("deployment.zip", "template.yaml", "expanded.yaml"):
        shutil.move(work / name, outcome / name)
    return outcome


def check_agreement(merged: Template) -> None:
    """app.py and the template name the same functions. Raises BuildError."""
    for name, function in functions_of(merged).items():
        if "Handler" not in function["Properties"]:
            raise BuildError(
                f"infra/template.yaml has the function {name} and app.py has not: name it there."
            )
        if isinstance(function["Properties"]["Role"], str):
            raise BuildError(
                f"app.py has the function {name} and infra/template.yaml has not: write its section."
            )


def check_lint(expanded: Path) -> None:
    """cfn-lint finds nothing. Raises BuildError with the first it finds."""
    found = findings(expanded.read_text(encoding="utf-8"))
    if found:
        raise BuildError(f"cfn-lint finds {len(found)} in {expanded}. The first is {found[0]}")


def main() -> int:
    """Runs the build and says how it went."""
    started = time.monotonic()
    try:
        outcome = build()
    except (BuildError, TemplateError, OSError) as error:
        sys.stderr.write(f"No package: {error}\n")
        return 1
    archive = outcome / "deployment.zip"
    sizes = (
        f"{_megabytes(archive.stat().st_size)}, {_megabytes(package_archive.unzipped_size(archive))} unzipped"
    )
    lines = (
        f"Packaged in {time.monotonic() - started:.0f} s",
        f"  zip       {_shown(archive)}, {sizes}",
        f"  sha256    {hashlib.sha256(archive.read_bytes()).hexdigest()}",
        f"  template  {_shown(outcome / 'template.yaml')}, expanded {_shown(outcome / 'expanded.yaml')}",
        f"Next: {NEXT}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _unpack(archive: Path, target: Path) -> None:
    with ZipFile(archive) as opened:
        opened.extractall(target)


def _say(step: str) -> None:
    sys.stdout.write(f"- {step}\n")
    sys.stdout.flush()


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT)


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"


if __name__ == "__main__":
    raise SystemExit(main())
