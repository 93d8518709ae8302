"""Every sentence of ours that a person may read: of templates, of modules, of errors theirs to mend."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from chalicelib.composition.page_response import TITLES

PACKAGE = Path(__file__).parents[2] / "chalicelib"
TEMPLATES = PACKAGE / "pages" / "templates"
# Faults of ours: what a title and an advice say of them is enough.
OURS = {"aws_throttled", "aws_timeout"}
_CALL = re.compile(r"\b(?:t|plain)\(\"([^\"]*)\"")


@cache
def sentences() -> frozenset[str]:
    """All of them, in English."""
    found = {sentence for path in TEMPLATES.glob("*.html") for sentence in of_template(path)}
    for path in PACKAGE.rglob("*.py"):
        found |= set(of_module(ast.parse(path.read_text(encoding="utf-8"))))
    return frozenset(found)


def of_template(path: Path) -> list[str]:
    return _CALL.findall(path.read_text(encoding="utf-8"))


def of_module(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        text, name = node.args[0].value, _name(node.func)
        if isinstance(text, str) and (
            name in {"Text", "say", "html"} or _reason(node) in TITLES.keys() - OURS
        ):
            yield text


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _reason(call: ast.Call) -> str | None:
    """The reason of an error that is made here."""
    for keyword in call.keywords:
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


def texts_beside_markup(path: Path) -> list[str]:
    """What stands in a template as it is, in whatever language the page may be."""
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"{%.*?%}|{{.*?}}|<style>.*?</style>|<svg.*?</svg>", " ", source, flags=re.DOTALL)
    said = re.findall(r"\b(?:alt|aria-label|title|placeholder)=\"([^\"]+)\"", source)
    return [
        text
        for text in (*said, *re.split(r"<[^>]*>", source))
        if re.search(r"\w", text) and not text.strip().startswith("/")
    ]


def places(text: str) -> set[str]:
    """The {places} of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
