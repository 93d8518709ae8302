"""The stack as the tests read it: expanded, so that nothing SAM adds escapes them."""

import ast
from pathlib import Path
from typing import Any

import pytest

from infra.expand import TEMPLATE, Template, expand, to_yaml, with_code
from infra.local.intrinsics import parse_yaml
from infra.versions import with_versions
from tests.stack.statement import Statement, statements_of

LAMBDA = "AWS::Lambda::Function"


@pytest.fixture(scope="session")
def source() -> Template:
    """The hand-written template with what Chalice and the build add, not expanded."""
    parsed: Template = parse_yaml(TEMPLATE.read_text(encoding="utf-8"))
    return with_versions(with_code(parsed))


@pytest.fixture(scope="session")
def expanded(source: Template) -> Template:
    """What CloudFormation makes of it."""
    return expand(source)


@pytest.fixture(scope="session")
def expanded_file(expanded: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The expanded template as a file."""
    path = tmp_path_factory.mktemp("stack") / "expanded.yaml"
    path.write_text(to_yaml(expanded), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def resources(expanded: Template) -> dict[str, Any]:
    """The stack's resources by logical id."""
    found: dict[str, Any] = expanded["Resources"]
    return found


@pytest.fixture(scope="session")
def functions(resources: dict[str, Any]) -> dict[str, Any]:
    """Every function's properties by logical id."""
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == LAMBDA}


@pytest.fixture(scope="session")
def all_statements(functions: dict[str, Any], resources: dict[str, Any]) -> list[Statement]:
    """Everything any function may do where everything is switched on."""
    return [one for name, function in functions.items() for one in statements_of(name, function, resources)]


@pytest.fixture(scope="session")
def statements(all_statements: list[Statement]) -> list[Statement]:
    """Everything any function may do as a stack is by default."""
    return [one for one in all_statements if one.switch is None]


@pytest.fixture(scope="session")
def endpoints() -> tuple[str, ...]:
    """The functions of the API that app.py declares."""
    return declared("ENDPOINTS")


@pytest.fixture(scope="session")
def operations() -> tuple[str, ...]:
    """The functions that app.py declares and no route leads to."""
    return declared("OPERATIONS")


def declared(name: str) -> tuple[str, ...]:
    """A list of app.py, read without importing every function."""
    module = ast.parse(Path("app.py").read_text(encoding="utf-8"))
    (found,) = (
        node.value
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target) == name
    )
    assert found is not None
    names: tuple[str, ...] = ast.literal_eval(found)
    return names
