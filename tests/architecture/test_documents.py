"""What the pages tell is there: their links, the commands they show, the files they name."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.test_files import ROOT, text, tracked

MAKEFILE = text(ROOT / "Makefile")
# Read from the environment, by infra/local/setup.sh and infra/runtime_python.py.
OF_ANY_TARGET = {"PYTHON", "RUNTIME_PYTHON"}
VARIABLE = re.compile(r"\$\(([A-Z_]+)\)")
COMMAND = re.compile(r"(?:^|[`(:,] ?|\$ |or )(make [a-z-]+(?: \[?[A-Z_]+=\S*)*)", re.MULTILINE)
ROOMS = ("chalicelib", "infra", "tests", "docs", "examples", "requirements")


@cache
def pages() -> tuple[Path, ...]:
    return tuple(path for path in tracked() if path.suffix == ".md")


def links(page: Path) -> Iterator[Path]:
    """The files a page leads to."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if "://" not in target and not target.startswith("#"):
            yield (page.parent / target.partition("#")[0]).resolve()


@cache
def targets() -> dict[str, set[str]]:
    """What make can make, and the variables each of them reads."""
    lines = MAKEFILE.splitlines()
    values = dict(re.findall(r"^([A-Z]+) *\??= *(.*)$", MAKEFILE, re.MULTILINE))
    found: dict[str, set[str]] = {}
    current = ""
    for line in lines:
        if begun := re.match(r"([a-z-]+):", line):
            current = begun[1]
            found[current] = set(OF_ANY_TARGET)
        elif line.startswith("\t"):
            read = VARIABLE.findall(line)
            found[current].update(read, *(VARIABLE.findall(values.get(one, "")) for one in read))
    return found


def test_every_link_leads_to_a_file() -> None:
    broken = {
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages()
        for target in links(page)
        if not target.exists()
    }
    assert broken == set()


def test_every_page_is_found_from_the_readme() -> None:
    found, new = {ROOT / "README.md"}, {ROOT / "README.md"}
    while new:
        reached = {target for page in new for target in links(page)}
        reached |= {target / "README.md" for target in reached}
        new = (reached & set(pages())) - found
        found |= new
    assert {str(page.relative_to(ROOT)) for page in set(pages()) - found} == set()


def shown() -> list[tuple[str, str]]:
    """Each command of make that a page, a message or the help shows, and where."""
    files = [path for path in tracked() if path.suffix in {".md", ".sh"} or "infra" in path.parts]
    return [
        (str(path.relative_to(ROOT)), command)
        for path in (*files, ROOT / "Makefile")
        for command in COMMAND.findall(text(path))
    ]


def test_every_command_that_is_shown_is_one_of_make() -> None:
    assert len(shown()) > 50
    wrong = set()
    for where, command in shown():
        target, *given = command.removeprefix("make ").split(" ")
        known = targets().get(target)
        names = {one.strip("[").partition("=")[0] for one in given if "=" in one}
        if known is None or not names <= known:
            wrong.add(f"{where}: {command}")
    assert wrong == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_that_a_page_names_is_there(room: str) -> None:
    named = {
        (str(page.relative_to(ROOT)), name)
        for page in pages()
        for name in re.findall(rf"(?<![\w./-])({room}/[\w./-]*\w)", text(page))
    }
    assert {f"{page}: {name}" for page, name in named if not (ROOT / name).exists()} == set()


def test_the_help_of_make_fits_eighty_columns() -> None:
    told = re.findall(r"^([a-z-]+):.*?## (.*)$", MAKEFILE, re.MULTILINE)
    assert len(told) > 10
    assert [f"{name}: {what}" for name, what in told if len(f"make {name:14} {what}") > 80] == []


def test_every_folder_of_tests_is_told_of() -> None:
    told = re.findall(r"`tests/(\w+)", text(ROOT / "docs" / "tests.md"))
    parts = (path.relative_to(ROOT).parts for path in tracked())
    assert {one[1] for one in parts if one[0] == "tests" and len(one) > 2} - set(told) == set()
