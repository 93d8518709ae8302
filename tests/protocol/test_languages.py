"""Which language is meant: Accept-Language, and the lookup of RFC 4647."""

import pytest
from hypothesis import given

from chalicelib.protocol.languages import MAX_RANGES, in_language, lookup, parse_accept_language
from tests.support.properties import ANY_TEXT


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", ("fr-CH", "fr", "en", "de")),
        ("en;q=0.1,ja", ("ja", "en")),
        ("de ; q=0.5 , es;q=0.5", ("de", "es")),
        ("fr;q=0, en;q=0.000", ()),
        ("fr;q=1.000, en;Q=0.3", ("fr", "en")),
        ("fr;q=2, en;q=x, de;level=1, es;q=0.1234, ja;q=, ar;q=.., it;q=-1, pt;q=inf", ()),
        ("fr_FR, <script>, *, toolongalanguage, 1a, fr-, -fr, fré, de-1996, a-b", ("de-1996", "a-b")),
        ("", ()),
        (",".join(["xx"] * 500 + ["fr"]), ("xx",) * MAX_RANGES),
    ],
)
def test_the_header_is_read_in_the_order_of_what_is_liked(header: str, ranges: tuple[str, ...]) -> None:
    assert parse_accept_language(header) == ranges


@given(ANY_TEXT)
def test_any_header_is_read(header: str) -> None:
    assert len(parse_accept_language(header)) <= MAX_RANGES


@pytest.mark.parametrize(
    ("ranges", "tag"),
    [
        (("fr-CA",), "fr"),
        (("FR",), "fr"),
        (("tlh", "de-AT-1996"), "de"),
        (("zh-Hant-CN-x-private1-private2", "ja"), "ja"),
        (("ar-x-private",), "ar"),
        (("de-Latn-AT",), "de"),
        (("pt-BR",), "pt-br"),
        (("pt",), None),
        (("x-fr", "i-klingon"), None),
        ((), None),
    ],
)
def test_a_range_finds_the_nearest_tag_and_never_a_narrower_one(
    ranges: tuple[str, ...], tag: str | None
) -> None:
    assert lookup(ranges, ["en", "fr", "de", "ja", "ar", "pt-br"]) == tag


def test_the_first_range_that_finds_any_is_the_one() -> None:
    assert lookup(("xx", "de", "fr"), ["fr", "de"]) == "de"


@pytest.mark.parametrize(
    ("language", "ranges", "said"),
    [
        ("fr", ("fr-CA", "fr"), "Nuages du Canada"),
        ("fr", ("fr-BE",), "Nuages"),
        ("fr", ("ja", "fr"), "Nuages"),
        ("de", ("de",), "Wolken der Schweiz"),
        ("ja", ("fr", "ja"), None),
        ("en", (), None),
    ],
)
def test_what_is_said_in_several_languages_is_said_in_the_pages(
    language: str, ranges: tuple[str, ...], said: str | None
) -> None:
    localized = {
        "client_name#fr": "Nuages",
        "client_name#fr-CA": "Nuages du Canada",
        "client_name#de-CH": "Wolken der Schweiz",
        "client_uri#ja": "https://example.jp/",
        "client_name": "Clouds",
    }
    assert in_language(localized, "client_name", language=language, ranges=ranges) == said
