"""Errors say what, never to whom: constant descriptions, a closed list of reasons, no redirect_uri."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.composition import page_response
from chalicelib.protocol import errors
from chalicelib.protocol.reasons import Reason

ROOT = Path(__file__).parents[2] / "chalicelib"
# RFC 6749 sections 4.1.2.1 and 5.2: what error_description may hold.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")
FILES = sorted(ROOT.rglob("*.py"))
# These tell the sentence of a rule about a whole document, which has too many for a constant each. What such
# a sentence may say is held to the same in the rule's own tests.
TELL_SENTENCES = {ROOT / "gateway/json_body.py", ROOT / "administration/registration_refusals.py"}


def subclasses(of: type[Exception]) -> Iterator[type[Exception]]:
    yield of
    for each in of.__subclasses__():
        yield from subclasses(each)


CLASSES = {each.__name__ for each in subclasses(errors.OAuthError)}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def names_a_parameter(function: ast.FunctionDef) -> bool:
    """Whether `name` in it is one of the server's own names, never what was sent: out of a constant of
    the module, or given to `require`, which another test looks at.
    """
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For)]
    constants = [loop for loop in loops if re.fullmatch(r"_?[A-Z_]+", ast.unparse(loop.iter))]
    return function.name == "require" or any("name" in ast.unparse(loop.target) for loop in constants)


def raised(path: Path) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    """Every making of an error, with the function it is in."""
    for function in functions(path):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and name_of(node) in CLASSES | {"error"}:
                if name_of(node) == "error" and not any(k.arg == "reason" for k in node.keywords):
                    continue
                yield function, node


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_description_is_constant_text_that_may_be_sent(path: Path) -> None:
    for function, call in raised(path):
        if not call.args:
            continue
        description = call.args[0]
        if path in TELL_SENTENCES and ast.unparse(description) == "str(error)":
            continue
        if isinstance(description, ast.JoinedStr):
            parts = [part for part in description.values if isinstance(part, ast.FormattedValue)]
            assert [ast.unparse(part.value) for part in parts] == ["name"]
            assert names_a_parameter(function), ast.unparse(call)
            texts = [part.value for part in description.values if isinstance(part, ast.Constant)]
        else:
            assert isinstance(description, ast.Constant), ast.unparse(call)
            texts = [description.value]
        for text in texts:
            assert isinstance(text, str)
            assert DESCRIPTION.fullmatch(text), text


def test_what_is_required_is_named_by_constants() -> None:
    """`require(name)` puts the name into its description, so the name is never one that was sent."""
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".require"):
                (argument,) = node.args
                assert isinstance(argument, ast.Constant), (path.name, ast.unparse(node))


def test_no_error_carries_where_to_redirect() -> None:
    for each in subclasses(errors.OAuthError):
        parameters = inspect.signature(each.__init__).parameters
        assert not {"redirect_uri", "target", "location", "state"} & set(parameters), each
    for path in FILES:
        for _, call in raised(path):
            passed = {keyword.arg for keyword in call.keywords}
            # Where an app begins a sign-in is a link for a person to press: nobody is sent there.
            known = {"reason", "facts", "interaction", "initiate_login_uri", "allow", "retry_after"}
            assert passed <= known, ast.unparse(call)


def reasons_in(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def used(path: Path) -> set[str]:
    """The texts that stand where a reason does."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            if name_of(node) in {"refuse", "_refuse"} and node.args:
                found |= reasons_in(node.args[0])
            found |= {text for k in node.keywords if k.arg == "reason" for text in reasons_in(k.value)}
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "reason":
                    found |= reasons_in(value)
        if isinstance(node, ast.FunctionDef) and node.returns and "Reason" in ast.unparse(node.returns):
            returns = [each for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
            found |= {text for each in returns for text in reasons_in(each)}
    return found


def test_the_list_of_reasons_is_the_list_of_those_used() -> None:
    listed = get_args(Reason)
    assert list(listed) == sorted(set(listed))
    assert set(listed) == set().union(*(used(path) for path in FILES if path.name != "reasons.py"))


def test_a_page_speaks_of_reasons_there_are() -> None:
    for table in (page_response.TITLES, page_response._ADVICE):
        assert set(table) <= set(get_args(Reason))


def test_a_wire_code_has_one_class_but_for_its_status() -> None:
    codes: dict[str, set[int]] = {}
    for each in subclasses(errors.OAuthError):
        if each is errors.OAuthError or each.__module__ != errors.__name__:
            continue
        statuses = codes.setdefault(each.code, set())  # type: ignore[attr-defined]
        assert each.status not in statuses, each  # type: ignore[attr-defined]
        statuses.add(each.status)  # type: ignore[attr-defined]
    assert {code for code, statuses in codes.items() if len(statuses) > 1} == {"invalid_request", "slow_down"}


def test_the_drawing_of_the_classes_shows_them_all() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert sorted(drawn) == sorted(
        each.__name__
        for each in subclasses(errors.OAuthError)
        if each is not errors.OAuthError and each.__module__ == errors.__name__
    )
