"""Builds what is deployed: `python -m infra.build` writes build/package.

deployment.zip is the code of all functions, template.yaml the SAM template that names it, expanded.yaml
what CloudFormation makes of that, package.json what they are for and how they were checked. Nothing is
left there that did not pass every check.
"""

import argparse
import hashlib
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

from infra import package_archive, package_check, package_stage
from infra.build_error import BuildError
from infra.expand import TEMPLATE, Template, expand, functions_of, to_yaml
from infra.lint import findings
from infra.local.intrinsics import TemplateError, parse_yaml
from infra.local.template import EVERYTHING_ON, read_template
from infra.package_manifest import NAME as MANIFEST
from infra.package_manifest import Manifest, libraries_of, read_manifest
from infra.runtime_python import Interpreter, runtime_interpreter, this_interpreter
from infra.target import Target, target_of, with_target
from infra.versions import with_versions

ROOT = Path(__file__).parents[1]
PACKAGE = Path("build/package")
# What no handler imports at its start, and some do later: with it a library, which must be in the zip whole.
IMPORTED_LATER = ("chalicelib.composition.encryption.JweEncryption",)
HEADER = "# Written by python -m infra.build from infra/template.yaml and app.py: change those.\n"
NEXT = "make deploy TENANT=acme STAGE=prod PACKAGE=build/package"


def build(root: Path = ROOT, *, target: Target | None = None, outcome: Path | None = None) -> Path:
    """Builds the package of a checkout, for the template's target unless another is given, and answers its
    directory (build/package). Raises BuildError.
    """
    outcome = outcome or root / PACKAGE
    work = outcome.with_name(f"{outcome.name}-work")
    for directory in (work, outcome):
        shutil.rmtree(directory, ignore_errors=True)
    staged, chalice, package, unpacked = (work / name for name in ("stage", "chalice", "package", "unpacked"))
    template = root / "infra" / TEMPLATE.name
    target = target or default_target(root)
    compiler = runtime_interpreter(target)

    _say("Staging app.py, chalicelib and .chalice")
    package_stage.stage(root, staged)
    _say(f"Installing {package_stage.LOCK} for {target}")
    package_stage.install(root / package_stage.LOCK, staged / "vendor", target)
    _say("Packaging with Chalice")
    # Refused here where it is wrong; Chalice takes the last of two keys for granted.
    variables = read_template(template, parameters=EVERYTHING_ON).environment()
    package_stage.package(template, chalice, stage=staged, environment=variables)
    merged = parse_yaml((chalice / "sam.yaml").read_text(encoding="utf-8"))
    check_agreement(merged)
    merged = with_target(with_versions(merged), target)

    _say(f"Leaving out what no function uses{', compiling the rest' if compiler else ''}")
    _unpack(chalice / "deployment.zip", package)
    package_archive.prune(package)
    if compiler:
        package_archive.compile_modules(package, compiler.program)
    archive = work / "deployment.zip"
    package_archive.write_zip(package, archive)
    (work / "template.yaml").write_text(HEADER + to_yaml(merged), encoding="utf-8")
    (work / "expanded.yaml").write_text(HEADER + to_yaml(expand(merged)), encoding="utf-8")

    functions = read_template(work / "expanded.yaml", parameters=EVERYTHING_ON).functions
    _unpack(archive, unpacked)
    package_check.check_binaries(unpacked, target, compiled=bool(compiler))
    importer = compiler or this_interpreter()
    twin = not (compiler and target.runs_here)
    handlers = {function.handler: function.environment for function in functions}
    handlers |= {later: {} for later in IMPORTED_LATER}
    _import(root, unpacked, handlers, importer, work / "twin" if twin else None)
    _say("Linting the expanded template")
    check_lint(work / "expanded.yaml")

    Manifest(
        runtime=target.runtime,
        architecture=target.architecture,
        compiled_by=compiler.version if compiler else "",
        imported_by=importer.version,
        twin=twin,
        libraries=libraries_of(unpacked),
        sha256=hashlib.sha256(archive.read_bytes()).hexdigest(),
        zipped=archive.stat().st_size,
        unzipped=package_archive.unzipped_size(archive),
    ).write(work)
    outcome.mkdir(parents=True)
    for name in ("deployment.zip", "template.yaml", "expanded.yaml", MANIFEST):
        shutil.move(work / name, outcome / name)
    shutil.rmtree(work)
    return outcome


def default_target(root: Path = ROOT, *, runtime: str = "", architecture: str = "") -> Target:
    """What the template says the package is for, unless told otherwise. Raises BuildError."""
    template = parse_yaml((root / "infra" / TEMPLATE.name).read_text(encoding="utf-8"))
    return target_of(template, runtime=runtime, architecture=architecture)


def _import(
    root: Path,
    package: Path,
    handlers: Mapping[str, Mapping[str, str]],
    importer: Interpreter,
    twin: Path | None,
) -> None:
    """Imports every handler out of the package, or out of a twin made there. Raises BuildError."""
    count = f"Importing {len(handlers)} handlers from the zip, by Python {importer.version}"
    _say(f"{count} and this machine's builds of its libraries" if twin else count)
    if twin:
        libraries = twin.with_name("libraries")
        version = ".".join(importer.version.split(".")[:2])
        package_stage.install_here(root / package_stage.LOCK, libraries, version)
        package_check.make_twin(package, libraries, twin)
        package = twin
    package_check.check_handlers(package, handlers, python=importer.program)


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


def main(arguments: list[str] | None = None) -> int:
    """Runs the build and says how it went."""
    parser = argparse.ArgumentParser(prog="python -m infra.build", description="Builds what is deployed.")
    parser.add_argument("--runtime", default="", help="as in python3.12; otherwise the template's")
    parser.add_argument("--architecture", default="", help="arm64 or x86_64; otherwise the template's")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        target = default_target(runtime=options.runtime, architecture=options.architecture)
        outcome = build(target=target)
        manifest = read_manifest(outcome, (outcome / "deployment.zip").read_bytes())
    except (BuildError, TemplateError, OSError) as error:
        sys.stderr.write(f"No package: {error}\n")
        return 1
    sizes = f"{_megabytes(manifest.zipped)}, {_megabytes(manifest.unzipped)} unzipped"
    lines = (
        f"Packaged for {target} in {time.monotonic() - started:.0f} s",
        f"  zip       {_shown(outcome / 'deployment.zip')}, {sizes}",
        f"  sha256    {manifest.sha256}",
        f"  template  {_shown(outcome / 'template.yaml')}, expanded {_shown(outcome / 'expanded.yaml')}",
        f"Next: {NEXT}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.write(f"\n{warning}\n" if (warning := manifest.warning()) else "")
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
