"""What can be proved about WCAG 2.2 AA without a browser."""

import re
from itertools import pairwise

import pytest

from chalicelib.pages.look import Text
from chalicelib.pages.page import STYLE
from tests.pages.document import Document, parse
from tests.pages.samples import PAGES, sample

EVERY_PAGE = pytest.mark.parametrize(
    "document", [parse(sample(name).html) for name in PAGES], ids=list(PAGES)
)

# Text over what it stands on: WCAG 1.4.3 asks 4.5.
TEXTS = [
    ("ink", "ground"),
    ("ink", "paper"),
    ("soft", "paper"),
    ("link", "paper"),
    ("on-action", "action"),
    ("on-action", "action-over"),
    ("alert", "alert-paper"),
    ("caution", "caution-paper"),
    ("paper", "alert"),
    ("paper", "caution"),
]
# Edges and signs that carry meaning: WCAG 1.4.11 asks 3.
SIGNS = [("field", "paper"), ("link", "ground"), ("brass", "paper"), ("alert", "paper"), ("action", "paper")]


@EVERY_PAGE
def test_a_page_has_a_language_a_title_and_one_heading(document: Document) -> None:
    assert document.doctype == "doctype html"
    assert (document.one("html").get("lang"), document.one("html").get("dir")) == ("en", "ltr")
    assert document.one("title").text.endswith("Northwind")
    assert document.one("h1").text.strip()
    levels = [int(element.tag[1]) for element in document.elements if re.fullmatch("h[1-6]", element.tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@EVERY_PAGE
def test_all_that_is_seen_is_in_a_landmark(document: Document) -> None:
    document.one("header")
    document.one("main")
    body = document.one("body")
    assert {element.tag for element in document.elements if element.ancestors[-1:] == (body,)} == {
        "header",
        "main",
    }


@EVERY_PAGE
def test_the_page_can_be_zoomed(document: Document) -> None:
    (viewport,) = [element for element in document.all("meta") if element.get("name") == "viewport"]
    assert viewport.get("content") == "width=device-width, initial-scale=1"


@EVERY_PAGE
def test_every_field_has_a_label_and_every_button_a_name(document: Document) -> None:
    labels = {label.get("for"): label.text for label in document.all("label")}
    for field in document.all("input"):
        assert field.get("type") == "hidden" or labels[field.get("id")].strip()
    assert all(button.text.strip() for button in document.all("button"))
    assert all(link.text.strip() for link in document.all("a"))


@EVERY_PAGE
def test_ids_are_unique_and_what_is_referred_to_exists(document: Document) -> None:
    ids = [identifier for element in document.elements if (identifier := element.get("id"))]
    assert len(ids) == len(set(ids))
    described = {element.get("aria-describedby") for element in document.elements} - {None}
    assert described <= set(ids)


@EVERY_PAGE
def test_drawings_are_hidden_from_screen_readers(document: Document) -> None:
    assert all(drawing.get("aria-hidden") == "true" for drawing in document.all("svg"))


@EVERY_PAGE
def test_at_most_one_element_takes_the_focus(document: Document) -> None:
    assert sum("autofocus" in element.attributes for element in document.elements) <= 1


def focused(document: Document) -> str | None:
    return next(
        (element.get("id") for element in document.elements if "autofocus" in element.attributes), None
    )


def test_the_first_thing_to_fill_in_has_the_focus() -> None:
    assert focused(parse(sample("login").html)) == "login"
    assert focused(parse(sample("login", login="ada").html)) == "password"
    assert focused(parse(sample("login_after_an_error").html)) == "password"
    assert focused(parse(sample("login_with_a_session").html)) is None
    assert focused(parse(sample("login_with_a_session", error=Text("No.")).html)) == "login"


def test_fields_tell_password_managers_what_they_are() -> None:
    document = parse(sample("login").html)
    login, password = document.by_id("login"), document.by_id("password")
    assert login.attributes == {
        "id": "login",
        "name": "login",
        "type": "text",
        "value": "",
        "dir": "auto",
        "inputmode": "email",
        "autocomplete": "username",
        "autocapitalize": "none",
        "spellcheck": "false",
        "required": None,
        "autofocus": None,
    }
    assert (password.get("type"), password.get("autocomplete")) == ("password", "current-password")
    assert "required" in password.attributes
    assert "value" not in password.attributes


def test_an_error_is_announced_and_describes_its_fields() -> None:
    document = parse(sample("login_after_an_error").html)
    assert document.one("title").text.startswith("Error: ")
    error = document.by_id("error")
    assert (error.get("role"), error.get("tabindex"), error.text) == (
        "alert",
        "-1",
        "Your session is over. Sign in again.",
    )
    for field in (document.by_id("login"), document.by_id("password")):
        assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "error")
    document = parse(sample("login").html)
    assert not any("aria-invalid" in element.attributes for element in document.elements)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(STYLE.partition("@media")[0])
DARK = LIGHT | colours(re.findall(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", STYLE, re.DOTALL)[0])


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(scheme: dict[str, str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    weak = {
        (over, under): round(ratio, 2)
        for pairs, least in ((TEXTS, 4.5), (SIGNS, 3))
        for over, under in pairs
        if (ratio := contrast(scheme[over], scheme[under])) < least
    }
    assert weak == {}


def test_every_colour_has_a_light_and_a_dark_value() -> None:
    assert len(LIGHT) == 15
    assert {name for name in LIGHT if DARK[name] == LIGHT[name]} == set()


def test_motion_focus_and_forced_colours_are_respected() -> None:
    assert "@media (prefers-reduced-motion: no-preference)" in STYLE
    assert STYLE.count("transition") == 1
    assert ":focus-visible { outline: 3px solid" in STYLE
    assert "outline: none" not in STYLE
    assert "outline: 0" not in STYLE
    assert "@media (forced-colors: active)" in STYLE
