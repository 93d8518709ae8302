"""The variables an endpoint's code asks for are the ones its section of the template gives."""

import ast
from pathlib import Path
from typing import Any

import pytest

# The key ring asks for these by a table of its own.
SIGNING_KEYS = {"SIGNING_KEY_ES256", "SIGNING_KEY_RSA"}
FILES = sorted(
    path
    for room in ("endpoints", "operations")
    for path in Path("chalicelib", room).glob("*.py")
    if path.stem != "__init__"
)


def file_of(module: str) -> Path | None:
    path = Path(*module.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


def imported(path: Path) -> set[Path]:
    """The files of ours that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = {file_of(name) for name in names if name.startswith("chalicelib.")}
    return {one for one in found if one}


def reached(file: Path) -> set[Path]:
    """A function's file and all it imports, directly or not."""
    files: set[Path] = set()
    open_files = [file]
    while open_files:
        path = open_files.pop()
        if path not in files:
            files.add(path)
            open_files.extend(imported(path))
    return files


def required(path: Path) -> set[Any]:
    """What a file asks of its environment, by `required("NAME")`; a name not written out is a key's."""
    names: set[Any] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "required":
            (argument,) = node.args
            names |= {argument.value} if isinstance(argument, ast.Constant) else SIGNING_KEYS
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_function_gets_what_its_code_asks_for_and_no_more(functions: dict[str, Any], file: Path) -> None:
    asked = set[Any]().union(*map(required, reached(file)))
    properties = functions["".join(part.capitalize() for part in file.stem.split("_"))]
    given = set(properties["Environment"]["Variables"])
    settings = set(functions["Metadata"]["Environment"]["Variables"])
    assert given - settings == asked - settings
