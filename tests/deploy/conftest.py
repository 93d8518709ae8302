"""The deploy command against the fake: as a user runs it, with the package as it would be built."""

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.deploy.__main__ import main
from infra.deploy.screen import WIDTH
from infra.expand import TEMPLATE, Template, expand, with_code
from infra.local.intrinsics import parse_yaml
from infra.package_manifest import Manifest
from infra.versions import with_versions
from tests.deploy.fake_aws import FakeAws
from tests.deploy.fake_stack import Stack
from tests.support.operator import variables_of_aws

NAME = "keyturn-acme-prod"


@pytest.fixture(scope="session")
def template() -> Template:
    """The stack as CloudFormation runs it."""
    return expand(with_versions(with_code(parse_yaml(TEMPLATE.read_text(encoding="utf-8")))))


@pytest.fixture
def package(template: Template, tmp_path: Path) -> Path:
    """What make package built."""
    directory = tmp_path / "package"
    write_package(directory, template)
    return directory


def write_package(
    directory: Path,
    template: Template,
    archive: bytes = b"code",
    *,
    runtime: str = "python3.13",
    compiled_by: str = "3.13.5",
) -> None:
    """Writes a package."""
    directory.mkdir(exist_ok=True)
    (directory / "deployment.zip").write_bytes(archive)
    Manifest(
        runtime=runtime,
        architecture="arm64",
        compiled_by=compiled_by,
        imported_by="3.13.5",
        twin=True,
        libraries={},
        sha256=hashlib.sha256(archive).hexdigest(),
        zipped=len(archive),
        unzipped=len(archive),
    ).write(directory)
    (directory / "expanded.yaml").write_text(json.dumps(template), encoding="utf-8")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeAws]:
    """The fake, and an environment in which clients find it."""
    # A stack of other tests in this process may name endpoints of its own.
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    with FakeAws() as fake:
        for name, value in variables_of_aws(fake.url, "eu-central-1", tmp_path / "none").items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield fake


@dataclass
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All of it, on one line, whatever it was wrapped at."""
        return " ".join((self.out + self.err).split())


Run = Callable[..., Ran]


@pytest.fixture
def run(
    aws: FakeAws, package: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs the command for acme's production; `typed` is what somebody types."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)

    def run(*arguments: str, typed: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        words = [*arguments, "--tenant", "acme", "--stage", "prod"]
        if not arguments or arguments[0].startswith("--"):
            words += ["--package", str(package)]
        code = main(words, interval_s=0.001)
        said = capsys.readouterr()
        lines = (said.out + said.err).splitlines()
        too_wide = [
            line for line in lines if len(line) > WIDTH and "https://" not in line and " " in line.strip()
        ]
        assert too_wide == [], "wider than a terminal"
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def deployed(aws: FakeAws) -> Callable[[], Stack]:
    """The stack as it is now."""
    return lambda: aws.cloudformation.stack(NAME)
