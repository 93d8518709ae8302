"""Every conformance file says which requirements it proves, and the table of them can be printed."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.openid_sections import untested

ROOT = Path(__file__).parents[2]
CONFORMANCE = ROOT / "tests" / "conformance"
FILES = sorted(CONFORMANCE.rglob("test_*.py"))
REQUIREMENT = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-[A-Z0-9][0-9.]*")


def sentences_of(path: Path) -> list[ast.FunctionDef]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def requirements(test: ast.FunctionDef) -> list[str]:
    return [
        str(ast.literal_eval(decorator.args[0]))
        for decorator in test.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "spec"
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CONFORMANCE)))
def test_a_conformance_file_says_which_requirements_it_proves(path: Path) -> None:
    proved = [requirement for test in sentences_of(path) for requirement in requirements(test)]
    assert proved
    for requirement in proved:
        assert REQUIREMENT.fullmatch(requirement), requirement


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CONFORMANCE)))
def test_a_conformance_test_is_filed_under_a_section_it_proves(path: Path) -> None:
    """rfc7009/test_2_1_revocation_request.py proves something of RFC7009-2, and
    mcp/security/test_2_token_theft.py of MCP-Security-2.
    """
    section = re.match(r"test_((?:[0-9]+_)+)", path.name)
    assert section, "a file is named after a section: test_<section>_<words>.py"
    first = section[1].partition("_")[0]
    specification = "".join(path.relative_to(CONFORMANCE).parent.parts).replace("_", "").lower()
    proved = {
        (name.replace("-", "").lower(), number.partition(".")[0])
        for test in sentences_of(path)
        for name, _, number in (requirement.rpartition("-") for requirement in requirements(test))
    }
    assert (specification, first) in proved


def test_every_section_of_openid_connect_has_a_test_or_a_reason() -> None:
    proved = {
        requirement
        for path in (ROOT / "tests").rglob("test_*.py")
        for test in sentences_of(path)
        for requirement in requirements(test)
    }
    assert [f"{one.requirement} {one.title}" for one in untested(proved)] == []


def test_a_section_is_missed() -> None:
    """A check that finds nothing is no check."""
    gaps = {section.requirement for section in untested({"OIDC-Core-3.1.2.1"})}
    assert {"OIDC-Core-3", "OIDC-Core-3.1.2", "OIDC-Core-3.1.2.2", "OIDC-Session-2"} <= gaps
    assert not gaps & {"OIDC-Core-3.1.2.1", "OIDC-Core-3.1.2.7", "OIDC-Core-7"}


def test_the_table_of_requirements_can_be_printed() -> None:
    path = "tests/conformance/rfc7009/test_2_3_cross_origin.py"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--collect-only",
        "--traceability",
        "-p",
        "no:cacheprovider",
        path,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout
    assert "RFC7009-2.3 " in done.stdout
    assert f"{path}::test_cookies_authenticate_nobody" in done.stdout
