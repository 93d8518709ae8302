"""docs/images/architecture.svg shows what the functions' roles allow, no more and no less."""

import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import pytest

from tests.stack.statement import Statement

PICTURE = Path("docs/images/architecture.svg")
SVG = "{http://www.w3.org/2000/svg}"
READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
KEY_USES = {
    "kms:Sign": ("Sign", "writes"),
    "kms:GetPublicKey": ("Public", "reads"),
    "kms:Decrypt": ("Secrets", "reads"),
    "kms:Encrypt": ("Secrets", "writes"),
}


@pytest.fixture(scope="module")
def picture() -> ET.Element:
    return ET.parse(PICTURE).getroot()  # noqa: S314 - a file of ours


def test_picture_marks_what_each_functions_role_allows(
    picture: ET.Element, statements: list[Statement]
) -> None:
    drawn = {
        mark.get("data-touches"): str(mark.get("href")).removeprefix("#")
        for mark in picture.iter(f"{SVG}use")
        if mark.get("data-touches")
    }
    allowed: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        for column, use in uses(statement):
            allowed[f"{statement.function.lower()} {column}"].add(use)
    assert {str(name).replace("_", ""): mark for name, mark in drawn.items()} == {
        name: "both" if len(kinds) > 1 else kinds.pop() for name, kinds in allowed.items()
    }


def test_picture_shows_which_other_services_a_function_asks(
    picture: ET.Element, statements: list[Statement]
) -> None:
    drawn = {str(card.get("data-does")).replace("_", "") for card in picture.iter() if card.get("data-does")}
    marked = READS | WRITES | set(KEY_USES)
    assert drawn == {
        f"{statement.function.lower()} {action.partition(':')[0]}"
        for statement in statements
        for action in statement.actions - marked
        if not action.startswith("logs:")  # every function writes its own log
    }


def test_picture_names_every_function(
    picture: ET.Element, endpoints: tuple[str, ...], operations: tuple[str, ...]
) -> None:
    texts = {text.text for text in picture.iter(f"{SVG}text")}
    assert {*endpoints, *operations} <= texts


def test_picture_can_be_told_without_seeing_it(picture: ET.Element) -> None:
    assert picture.get("role") == "img"
    labels = str(picture.get("aria-labelledby")).split()
    assert [picture.find(f".//*[@id='{label}']") is not None for label in labels] == [True, True]


def uses(statement: Statement) -> list[tuple[str, str]]:
    """Columns of the picture a statement stands for, and how its mark looks."""
    found = [KEY_USES[action] for action in statement.actions if action in KEY_USES]
    for resource in statement.resources:
        table = resource.partition("/")[0]
        found += [(table, "reads")] if statement.actions & READS else []
        found += [(table, "writes")] if statement.actions & WRITES else []
    return found
