"""User codes (RFC 8628 section 6.1): every one can be made, shown, and typed as people type."""

import base64
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.gateway.entropy import random_text
from chalicelib.protocol.user_code import (
    ALPHABET,
    LENGTH,
    MAX_TYPED,
    RANDOM_BYTES,
    hash_user_code,
    new_user_code,
    parse_user_code,
    shown_user_code,
)
from tests.support.properties import ANY_TEXT
from tests.support.traceability import spec

CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)
SEPARATORS = st.text("- _.,:/\u2010\u2013\u2014\u00a0\u3000\t\u200b", max_size=4)


@spec("RFC8628-6.1")
def test_there_are_over_25_thousand_million_codes_without_vowels_or_look_alikes() -> None:
    assert len(set(ALPHABET)) ** LENGTH == 25_600_000_000
    assert not set(ALPHABET) & set("AEIOUY0123456789")


@spec("RFC8628-6.1")
@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_any_randomness_makes_a_code(entropy: bytes) -> None:
    def random(size: int) -> str:
        return base64.urlsafe_b64encode(entropy[:size]).decode()

    code = new_user_code(random)
    assert parse_user_code(code) == code


@spec("RFC8628-6.1")
def test_every_letter_comes_in_every_place() -> None:
    codes = [new_user_code(random_text) for _ in range(2_000)]
    assert len(set(codes)) == len(codes)
    # That one of 160 is missing by chance: once in 10**42.
    assert all({code[place] for code in codes} == set(ALPHABET) for place in range(LENGTH))


@spec("RFC8628-6.1")
@given(CODES, st.lists(SEPARATORS, min_size=LENGTH + 1, max_size=LENGTH + 1), st.booleans(), st.booleans())
def test_a_code_is_read_however_it_was_typed(
    code: str, separators: list[str], lower: bool, wide: bool
) -> None:
    letters = [chr(ord(letter) + 0xFEE0) if wide else letter for letter in code]
    typed = "".join(part for pair in zip(separators, [*letters, ""], strict=True) for part in pair)
    assert parse_user_code(typed.lower() if lower else typed) == code


@spec("RFC8628-6.1")
@given(CODES)
def test_a_code_is_read_as_it_is_shown(code: str) -> None:
    shown = shown_user_code(code)
    assert (len(shown), shown[4]) == (9, "-")
    assert parse_user_code(shown) == code
    assert len(hash_user_code(code)) == 64


@spec("RFC8628-6.1")
@given(ANY_TEXT)
@example("ß" * 4)
@example("\ud800")
@example("B" * 10_000)
@example("-" * MAX_TYPED)
def test_any_text_is_a_code_or_none(typed: str) -> None:
    code = parse_user_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "BCDFGHJ",
        "BCDFGHJKL",
        "BCDFGHJA",
        "BCDFGHJ0",
        "BCDFGHJ+",
        "BCDFGHJ\u041a",
        "BCDFGHJK" + "-" * MAX_TYPED,
    ],
    ids=["empty", "short", "long", "a vowel", "a digit", "a symbol", "a Cyrillic letter", "too much"],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert parse_user_code(typed) is None


def test_combining_marks_are_not_dropped() -> None:
    """A letter with an accent is another letter."""
    assert parse_user_code("BCDFGHJ" + unicodedata.lookup("LATIN SMALL LETTER K WITH CARON")) is None
