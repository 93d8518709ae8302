"""Names that others chose."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pages.display_text import NAME_LIMIT, display_text, initial
from chalicelib.pages.key import blade
from chalicelib.pages.look import Look


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Harbour Photos", "Harbour Photos"),
        ("  two\r\n lines\x00\x1b[31m ", "two lines [31m"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\u2066b\u2067c\u2068d\u2069e\u202ad\u202be\u202df", "abcdedef"),
        ("a\u200bb\ufeffc\u200ed\u061ce\u2028f\u2029g", "abcde f g"),
        ("\ud800x", "x"),
        ("\u0646\u0627\u0645\u200c\u0647\u0627", "\u0646\u0627\u0645\u200c\u0647\u0627"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("é", "é"),
        ("e" + "\u0301" * 50 + "a", "e" + "\u0301" * 4 + "a"),
        ("n" * 500, "n" * (NAME_LIMIT - 1) + "…"),
    ],
)
def test_a_name_is_one_readable_line(given_name: str, shown: str) -> None:
    assert display_text(given_name) == shown


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_no_control_character_and_no_surrogate_is_left(text: str) -> None:
    shown = display_text(text)
    shown.encode()
    assert len(shown) <= NAME_LIMIT
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    assert not set(shown) & {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


@pytest.mark.parametrize("name", ["", " ", "\u202e", "\u200b\u200b", "Unnamed app"])
def test_a_client_without_a_readable_name_has_one(name: str) -> None:
    assert Look().client_name(name) == "Unnamed app"
    assert Look("fr").client_name(name) == "Application sans nom"


@pytest.mark.parametrize(
    ("name", "letter"),
    [("northwind", "N"), ("«åström»", "Å"), ("3M", "3"), ("ß", "S"), ("東京", "東"), ("!?", "•")],
)
def test_a_name_has_an_initial(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_each_tenant_has_a_key_of_its_own() -> None:
    assert blade("Northwind") == blade("Northwind") != blade("Southwind")
    assert set(blade("Northwind")) <= set("MHLVZlh0123456789- ")
