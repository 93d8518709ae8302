"""One endpoint is one file, one function, one section of the template, and one name for all of them."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.protocol.metadata import metadata
from chalicelib.protocol.settings import Settings
from infra.local.stack import LocalStack
from infra.local.template import EVERYTHING_ON, read_template
from tests.support.http import endpoint_of

ROOT = Path(__file__).parents[2]
ISSUER = "https://issuer.example"
# No member of the metadata names these: pages, and the documents themselves.
UNNAMED = {"client_configuration", "consent", "device", "login", "metadata", "playground_page"}
FILES = sorted(path for path in (ROOT / "chalicelib/endpoints").glob("*.py") if path.stem != "__init__")
OPERATIONS = sorted(path for path in (ROOT / "chalicelib/operations").glob("*.py") if path.stem != "__init__")


def manifest(which: str = "ENDPOINTS") -> tuple[str, ...]:
    """A list of app.py, which imports Chalice and is therefore read, not run."""
    for node in ast.parse((ROOT / "app.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if ast.unparse(target) == which:
                names: tuple[str, ...] = ast.literal_eval(node.value)
                return names
    raise AssertionError(f"app.py has no {which}")


def decorator(path: Path) -> ast.Call:
    """`@endpoint(...)` of the handler."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "handler":
            (call,) = node.decorator_list
            assert isinstance(call, ast.Call)
            return call
    raise AssertionError(f"{path.name} has no handler")


def test_the_manifest_the_files_and_the_template_name_the_same_functions() -> None:
    template = read_template(parameters=EVERYTHING_ON, address=ISSUER)
    assert list(manifest()) == [path.stem for path in FILES]
    assert list(manifest("OPERATIONS")) == [path.stem for path in OPERATIONS]
    assert sorted(function.handler for function in template.functions) == sorted(
        [f"chalicelib.{path.parent.name}.{path.stem}.handler" for path in (*FILES, *OPERATIONS)]
    )
    for function in template.functions:
        assert function.logical_id == "".join(part.capitalize() for part in function.endpoint.split("_"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_endpoint_bears_its_files_name_and_says_its_methods(path: Path) -> None:
    call = decorator(path)
    assert ast.unparse(call.func) == "endpoint"
    assert ast.literal_eval(call.args[0]) == path.stem
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    assert ast.literal_eval(keywords["methods"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_endpoint_that_looks_at_cookies_lets_no_other_origin_read_it(path: Path) -> None:
    cors = [keyword for keyword in decorator(path).keywords if keyword.arg == "cors"]
    if cors:
        assert not re.search(r"cookie|page_error|open_interaction", path.read_text(encoding="utf-8"))


def test_the_metadata_names_each_endpoint_by_its_file_and_leads_to_it(stack: LocalStack) -> None:
    document: dict[str, Any] = metadata(
        Settings(issuer=ISSUER, dynamic_registration="open", session_management=True)
    )
    named = {
        name.removesuffix("_endpoint"): url for name, url in document.items() if name.endswith("_endpoint")
    }
    named["jwks"] = document["jwks_uri"]
    named["check_session_iframe"] = document["check_session_iframe"]
    assert set(named) == set(manifest()) - UNNAMED
    for endpoint, url in named.items():
        assert endpoint_of(stack, url.removeprefix(ISSUER)) == endpoint


def test_every_route_leads_to_an_endpoint() -> None:
    template = read_template(parameters=EVERYTHING_ON, address=ISSUER)
    functions = {one.logical_id for one in template.functions if one.endpoint in manifest()}
    assert {route.function for route in template.routes} == functions
