"""Checkov over the expanded template: `python -m infra.checkov`, which is `make checkov`.

What it finds and is as it should be stands in infra/checkov.yaml, each with its reason; all else is a fault,
and so is an entry there that nothing needs any more. Checkov is large and wants old versions of what is in
.venv, so it has an environment of its own in build/checkov.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from infra.build_error import BuildError
from infra.expand import TEMPLATE, Template, expand, to_yaml, with_code
from infra.local.intrinsics import parse_yaml
from infra.this_python import last_words, run_python
from infra.versions import with_versions

ROOT = Path(__file__).parents[1]
LOCK = Path("requirements/checkov.txt")
EXCEPTIONS = Path(__file__).with_suffix(".yaml")
_ARGUMENTS = (
    "--framework",
    "cloudformation",
    "--output",
    "json",
    "--compact",
    "--soft-fail",
    "--skip-download",
)
# It passes over a role whose policy it cannot read, and says nothing: this check it must have made of each.
_ROLE, _OF_EVERY_ROLE = "AWS::IAM::Role", "CKV_AWS_111"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` is Checkov's id, `resource` type and logical id, as in AWS::DynamoDB::Table.Clients."""

    check: str
    name: str
    resource: str


@dataclass(frozen=True, slots=True)
class Excepted:
    """A check that does not hold of some resources (patterns), and why that is right."""

    check: str
    resources: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding."""
        matches = (fnmatchcase(finding.resource, pattern) for pattern in self.resources)
        return self.check == finding.check and any(matches)


def read_exceptions(path: Path = EXCEPTIONS) -> list[Excepted]:
    """The exceptions of a file. Raises BuildError for one without a reason."""
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    for one in listed:
        if not str(one.get("reason") or "").strip():
            raise BuildError(f"{path.name}: {one.get('check')} has no reason.")
    return [Excepted(one["check"], tuple(one["resources"]), one["reason"]) for one in listed]


def faults(findings: Iterable[Finding], exceptions: Iterable[Excepted]) -> list[str]:
    """A line for each finding that is not excepted, and for each pattern of an exception without one."""
    found, excepted = list(findings), list(exceptions)
    lines = [
        f"{one.check} {one.resource}: {one.name}"
        for one in found
        if not any(exception.covers(one) for exception in excepted)
    ]
    for one in excepted:
        for pattern in one.resources:
            alone = Excepted(one.check, (pattern,), one.reason)
            if not any(alone.covers(finding) for finding in found):
                lines.append(f"{one.check} {pattern}: nothing there needs this exception any more")
    return lines


def check(template: Template, home: Path) -> tuple[list[Finding], int]:
    """What Checkov finds in an expanded template, and how many checks passed. Raises BuildError."""
    path, resources = home / "expanded.yaml", template["Resources"]
    path.write_text(to_yaml(switched_on(template)), encoding="utf-8")
    done = run_python(
        ["-m", "checkov.main", "--file", str(path), *_ARGUMENTS],
        cwd=home,
        # It asks nobody, tells nobody, and finds no settings of somebody's.
        environment={"PATH": os.defpath, "HOME": str(home), "LOG_LEVEL": "ERROR"},
        python=str(home / "bin" / "python"),
    )
    try:
        said: dict[str, Any] = json.loads(done.stdout)
        summary, results = said["summary"], said["results"]
        passed, failed = results["passed_checks"], results["failed_checks"]
    except (ValueError, KeyError, TypeError):
        raise BuildError(f"Checkov did not check: {last_words(done)}") from None
    if summary["parsing_errors"] or not summary["resource_count"]:
        raise BuildError("Checkov cannot read the expanded template.")
    findings = [Finding(one["check_id"], one["check_name"], one["resource"]) for one in failed]
    judged = {one["resource"] for one in (*passed, *failed) if one["check_id"] == _OF_EVERY_ROLE}
    roles = {f"{_ROLE}.{name}" for name, one in resources.items() if one["Type"] == _ROLE}
    if roles - judged:
        raise BuildError(f"Checkov cannot read the policy of {min(roles - judged)}.")
    return findings, len(passed)


def switched_on(value: Any) -> Any:
    """A template with everything in it that a condition could leave out: of each Fn::If what is something,
    and each resource without its condition.

    Checkov understands no Fn::If, and passes over a policy with one; and over what a default leaves out.
    """
    match value:
        case {"Fn::If": [_, first, second]} if len(value) == 1:
            return switched_on(second if first == {"Ref": "AWS::NoValue"} else first)
        case dict():
            # A statement's own Condition is an object.
            kept = {name: one for name, one in value.items() if name != "Condition" or isinstance(one, dict)}
            return {name: switched_on(one) for name, one in kept.items()}
        case list():
            return [one for one in map(switched_on, value) if one != {"Ref": "AWS::NoValue"}]
        case _:
            return value


def environment(root: Path) -> Path:
    """The environment with Checkov as locked, made where it is not there. Raises BuildError."""
    home, lock = root / "build" / "checkov", (root / LOCK).read_text(encoding="utf-8")
    stamp = home / "locked.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return home
    _say("Fetching Checkov into build/checkov (290 MB, about a minute, this once)")
    shutil.rmtree(home, ignore_errors=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    for arguments, python in (
        (["-m", "venv", str(home)], sys.executable),
        ([*install, "--requirement", str(root / LOCK)], str(home / "bin" / "python")),
    ):
        done = run_python(arguments, cwd=root, environment=os.environ, python=python)
        if done.returncode:
            raise BuildError(
                f"Checkov could not be installed: {last_words(done, beginning='ERROR:')} "
                "This needs a network once; later runs need none."
            )
    stamp.write_text(lock, encoding="utf-8")
    return home


def main() -> int:
    """Checks the template and says how it went."""
    started = time.monotonic()
    try:
        exceptions = read_exceptions()
        home = environment(ROOT)
        source = parse_yaml(TEMPLATE.read_text(encoding="utf-8"))
        findings, passed = check(expand(with_versions(with_code(source))), home)
    except BuildError as error:
        sys.stderr.write(f"Not checked: {error}\n")
        return 1
    wrong = faults(findings, exceptions)
    for line in wrong:
        _say(line)
    taken = time.monotonic() - started
    if not wrong:
        _say(f"Checkov: {passed} checks passed, {len(findings)} excepted with a reason ({taken:.0f} s)")
    if wrong:
        sys.stderr.write(
            f"Checkov: {len(wrong)} faults. Mend infra/template.yaml, or say in infra/checkov.yaml why not.\n"
        )
    return 1 if wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
