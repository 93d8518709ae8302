"""Every page in every language: nothing is left in English, nothing is lost on the way."""

import re

import pytest

from chalicelib.pages.look import Look, Text, _catalogue
from chalicelib.pages.plural import EVERY_FORM, FORMS, plural_form
from chalicelib.protocol.supported import UI_LOCALES
from tests.pages.document import Document, parse
from tests.pages.samples import PAGES, sample
from tests.pages.sentences import TEMPLATES, places, sentences, texts_beside_markup

OTHERS = [language for language in UI_LOCALES if language != "en"]
EVERY_LANGUAGE = pytest.mark.parametrize("language", OTHERS)
# Letters that are of our sentences: what clients and people are called in the samples is in Latin letters.
LETTERS = {"ja": "\u3041-\u30ff\u4e00-\u9fff", "ar": "\u0621-\u064a"}


def forms(language: str, sentence: str) -> dict[str, str]:
    """The translation of a sentence, by the plural form."""
    translated = _catalogue(language)[sentence]
    return {"other": translated} if isinstance(translated, str) else dict(translated)


@EVERY_LANGUAGE
def test_every_sentence_has_a_translation_and_no_translation_is_of_none(language: str) -> None:
    assert set(_catalogue(language)) == sentences()


@EVERY_LANGUAGE
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for sentence in sentences():
        for form, translated in forms(language, sentence).items():
            # "One minute ago" needs no number.
            optional = {"count"} if form in {"zero", "one", "two"} else set()
            assert places(sentence) - optional <= places(translated) <= places(sentence), (sentence, form)


@pytest.mark.parametrize("language", UI_LOCALES)
def test_a_sentence_with_a_number_has_every_form_of_the_language(language: str) -> None:
    for sentence in sentences():
        if "count" in places(sentence):
            assert set(forms(language, sentence)) == set(FORMS.get(language, EVERY_FORM)), sentence


@EVERY_LANGUAGE
def test_a_translation_is_text_in_its_own_language(language: str) -> None:
    for sentence in sentences():
        for translated in forms(language, sentence).values():
            assert not set(translated) & set('<>&"'), translated
            assert translated == translated.strip()
            letters = LETTERS.get(language)
            assert not letters or re.search(f"[{letters}]", translated), translated
            # What opens a question in English is one.
            assert (
                sentence.endswith("?") <= translated.endswith(("?", "\u061f", "\uff1f"))
                or sentence[:3] == "Not"
            )


def test_a_template_says_nothing_that_is_not_translated() -> None:
    found = {path.name: texts_beside_markup(path) for path in TEMPLATES.glob("*.html")}
    # A code is written the same everywhere.
    assert {name: said for name, said in found.items() if said} == {"user_code.html": ["XXXX-XXXX"]}


@pytest.mark.parametrize("language", UI_LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_in_every_language(name: str, language: str) -> None:
    page, english = sample(name, look=Look(language)), sample(name)
    document = parse(page.html)
    assert (document.one("html").get("lang"), page.headers["content-language"]) == (language, language)
    assert document.one("html").get("dir") == ("rtl" if language == "ar" else "ltr")
    assert fields(document) == fields(parse(english.html))
    assert page.status == english.status


def fields(document: Document) -> list[tuple[str, str | None, str | None]]:
    """What a page's forms send, whatever it says: names and values, by which a program fills them in."""
    controls = ("form", "input", "button")
    return [
        (element.tag, element.get("name"), element.get("value") or element.get("action"))
        for element in document.elements
        if element.tag in controls
    ]


@EVERY_LANGUAGE
@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_a_page_is_left_in_english(name: str, language: str) -> None:
    document = parse(sample(name, look=Look(language)).html)
    title = document.one("title").text.removesuffix(" \u2013 Northwind")
    shown = [" ".join(element.text.split()) for element in document.elements if element.get("lang") is None]
    ours = [sentence for sentence in sentences() if not places(sentence)]
    same = {sentence for sentence in ours if "".join(forms(language, sentence).values()) == sentence}
    assert not ({*shown, title} & set(ours)) - same


def test_what_is_for_the_makers_of_an_app_is_marked_as_english() -> None:
    document = parse(sample("error", look=Look("ar")).html)
    (hint,) = [element for element in document.elements if element.text == "A hint for makers."][-1:]
    assert (hint.tag, hint.get("lang"), hint.get("dir")) == ("bdi", "en", "ltr")


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("en", {0: "other", 1: "one", 2: "other"}),
        ("de", {1: "one", 21: "other"}),
        ("fr", {0: "one", 1: "one", 2: "other"}),
        ("ja", {0: "other", 1: "other"}),
        (
            "ar",
            {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other"}
            | {102: "other", 103: "few", 111: "many"},
        ),
    ],
)
def test_a_number_takes_the_form_of_its_language(language: str, counts: dict[int, str]) -> None:
    assert {count: plural_form(language, count) for count in counts} == counts


def test_a_number_is_said_as_people_say_it() -> None:
    said = [Look(language).say(Text("{count} minutes ago", count=2)) for language in UI_LOCALES]
    assert said == [
        "2 minutes ago",
        "il y a 2 minutes",
        "vor 2 Minuten",
        "hace 2 minutos",
        "2分前",
        "قبل دقيقتين",
    ]
    assert Look().say(Text("{count} minutes ago", count=1)) == "a minute ago"


def test_a_name_of_the_other_direction_stays_where_it_belongs() -> None:
    page = sample("login", look=Look("ar"))
    assert "<bdi>Harbour Photos</bdi>" in page.html
    title = parse(sample("consent", look=Look("ar")).html).one("title").text
    assert "\u2068Harbour Photos\u2069" in title


def test_sentences_stand_apart_where_the_language_has_spaces() -> None:
    assert "quelques secondes. Vous" in sample("device_allowed", look=Look("fr")).html
    assert "続行します。このページ" in sample("device_allowed", look=Look("ja")).html
