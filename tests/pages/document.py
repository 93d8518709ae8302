"""A page as a browser's parser sees it, as far as the tests ask."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "img", "input", "link", "meta"})


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str | None]
    ancestors: tuple["Element", ...]
    text: str = ""

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


@dataclass(slots=True)
class Document:
    elements: list[Element] = field(default_factory=list)
    doctype: str = ""

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def one(self, tag: str) -> Element:
        (element,) = self.all(tag)
        return element

    def by_id(self, identifier: str) -> Element:
        (element,) = [element for element in self.elements if element.get("id") == identifier]
        return element

    @property
    def structure(self) -> list[tuple[str, tuple[str, ...]]]:
        """What markup there is, whatever the texts and values in it."""
        return [(element.tag, tuple(element.attributes)) for element in self.elements]

    @property
    def strings(self) -> list[str]:
        """Every text and every attribute's value."""
        values = [value for element in self.elements for value in element.attributes.values() if value]
        return values + [" ".join(element.text.split()) for element in self.elements]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self.open: list[Element] = []

    def handle_decl(self, decl: str) -> None:
        self.document.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute"
        element = Element(tag, dict(attrs), tuple(self.open))
        self.document.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.document.elements.append(Element(tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"A page holds a comment: {data}")


def parse(html: str) -> Document:
    """The document; AssertionError where an element is not closed as it was opened."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.document
