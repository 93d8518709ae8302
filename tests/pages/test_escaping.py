"""Whatever a client or a person is called, it is text: it adds no markup and leads nowhere."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pages.consent import ResourceLine, ScopeLine
from chalicelib.pages.display_text import display_text
from chalicelib.pages.look import Text
from chalicelib.pages.page import Link
from chalicelib.record import replace
from tests.pages.document import parse
from tests.pages.samples import BACK, PAGES, sample

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- --!> ]]> &lt;b&gt; &amp; &#60;",
)
# These lead somewhere, or decide what a page says; they have tests of their own.
NOT_TEXT = {"redirect_uri", "client_uri", "document_uri", "switch_url", "status", "location"}
TEXTS = [
    (page, name)
    for page, (_, values) in PAGES.items()
    for name, value in values.items()
    if isinstance(value, str) and name not in NOT_TEXT
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(("page", "name"), TEXTS)
def test_a_hostile_text_is_shown_and_adds_no_markup(page: str, name: str, hostile: str) -> None:
    document = parse(sample(page, **{name: hostile}).html)
    assert document.structure == parse(sample(page).html).structure
    assert any(hostile in text for text in document.strings)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    ("page", "changes"),
    [
        ("consent", lambda text: {"scopes": [ScopeLine("openid"), ScopeLine("a", text), ScopeLine(text)]}),
        ("consent", lambda text: {"resources": [ResourceLine(text, text)]}),
        ("logout", lambda text: {"fields": {"state": text, text: "1"}}),
        ("form_post", lambda text: {"fields": {"state": text, text: "1", "iss": "2"}}),
        ("error", lambda text: {"message": [Text("You can close this page."), text]}),
        ("notice", lambda text: {"way_on": replace(BACK, text=text)}),
        ("error_with_a_way_on", lambda text: {"way_on": replace(BACK, text=text)}),
    ],
)
def test_a_hostile_text_in_a_list_adds_no_markup(page: str, changes: Any, hostile: str) -> None:
    document = parse(sample(page, **changes(hostile)).html)
    assert document.structure == parse(sample(page).html).structure
    assert any(hostile in text for text in document.strings)


@given(st.text())
def test_any_name_is_text(name: str) -> None:
    changes = {"client_name": name, "tenant_name": f"x{name}", "person": f"x{name}"}
    document = parse(sample("consent", **changes).html)
    assert document.structure == parse(sample("consent").html).structure
    assert display_text(name) in " ".join(document.one("h1").text.split())


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_what_a_form_carries_arrives_as_it_was(value: str) -> None:
    document = parse(sample("logout", fields={"state": value}, csrf=value).html)
    carried = {item.get("name"): item.get("value") for item in document.all("input")}
    assert carried == {"state": value, "csrf": value}


@given(st.text())
def test_a_hostile_address_of_a_client_adds_no_markup(uri: str) -> None:
    document = parse(sample("consent", redirect_uri=uri, client_uri=uri, document_uri=uri).html)
    assert {element.tag for element in document.elements} <= {
        element.tag for element in parse(sample("consent").html).elements
    }
    assert [link.get("href") for link in document.all("a")] == ["/login?interaction=interaction-1&switch=1"]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "com.example.app:/x",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example",
        "https:evil.example",
        "https:///evil.example",
        "https://",
        "https://good.example\\@evil.example/",
        "relative",
        "",
        "https://x.example/\u202e",
    ],
)
def test_a_link_that_leaves_the_web_is_refused(href: str) -> None:
    with pytest.raises(ValueError, match="A link goes to"):
        Link("On", href)
    with pytest.raises(ValueError, match="A link goes to"):
        sample("consent", switch_url=href)


@pytest.mark.parametrize(
    "href", ["https://x.example/?a=1&b=2#c", "HTTP://localhost:8080", "/", "/login?a=1&b=2"]
)
def test_a_link_on_the_web_or_at_this_server_is_followed_as_it_is(href: str) -> None:
    assert parse(sample("notice", way_on=Link("On", href)).html).one("a").get("href") == href
