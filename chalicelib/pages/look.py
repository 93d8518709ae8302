"""How a page is to be for the person who sees it: in which language, and in what kind of window.

Sentences are written in English where they are used, and found by that in languages/<language>.json:
a map of each English sentence to its translation, or to the forms of one that has a number in it
(plural.py). A catalogue is read when the first page in its language is made.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup

from chalicelib.pages.display_text import SENTENCE_LIMIT, display_text
from chalicelib.record import Record, field

RIGHT_TO_LEFT = frozenset({"ar"})
# No spaces between sentences.
_UNSPACED = frozenset({"ja"})
# What a client is registered as that gives no name (administration/registration_document.py).
UNNAMED = "Unnamed app"
_CATALOGUES = Path(__file__).parent / "languages"


class Text(Record):
    """A sentence of ours in English. `values` are texts for its {places}, `count` a number for {count}."""

    english: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    count: int | None = None


class Look(Record):
    """`language` and `display` are of supported.UI_LOCALES and DISPLAYS; `ranges` are the languages the
    person asked for, the best first.
    """

    language: str = "en"
    display: str = "page"
    ranges: tuple[str, ...] = ()

    @property
    def direction(self) -> str:
        """The `dir` of the page."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def say(self, text: Text | str, **values: str) -> str:
        """The sentence as text: for a title, an attribute, a link."""
        text = Text(text, values) if isinstance(text, str) else text
        # A name of the other direction stays where it belongs: U+2068 and U+2069 are what <bdi> is in HTML.
        isolated = self.direction == "rtl"
        shown = {name: f"\u2068{one}\u2069" if isolated else one for name, one in text.values.items()}
        return self._translated(text).format(**shown, count=text.count)

    def html(self, text: Text | str, **values: str) -> Markup:
        """The sentence as HTML, each of the values in a <bdi> unless it is HTML itself."""
        text = Text(text, values) if isinstance(text, str) else text
        shown = {
            name: one if isinstance(one, Markup) else Markup("<bdi>{}</bdi>").format(one)
            for name, one in text.values.items()
        }
        return Markup(self._translated(text)).format(**shown, count=text.count)  # noqa: S704 - it is ours

    def paragraph(self, sentences: Sequence[Text | str]) -> Markup:
        """Sentences one after the other, as HTML. One that is no Text but a str is in English, for whoever
        made an app: it is shown as it stands, and last.
        """
        ours = [self.html(one) for one in sentences if isinstance(one, Text)]
        theirs = [display_text(one, limit=SENTENCE_LIMIT) for one in sentences if isinstance(one, str)]
        marked = Markup('<bdi class="hint" lang="en" dir="ltr">{}</bdi>')
        space = Markup("") if self.language in _UNSPACED else Markup(" ")
        return Markup(" ").join([space.join(ours), *map(marked.format, theirs)])

    def client_name(self, client_name: str) -> str:
        """A client's name as shown."""
        shown = display_text(client_name)
        return self.say("Unnamed app") if shown in {"", UNNAMED} else shown

    def knows(self, english: str) -> bool:
        """Whether this is a sentence for people, so that it is in the catalogue."""
        return "{" not in english and (self.language == "en" or english in _catalogue(self.language))

    def _translated(self, text: Text) -> str:
        translated = _catalogue(self.language).get(text.english, text.english)
        if isinstance(translated, str):
            return translated
        # Imported where it is first needed: few sentences have a number in them.
        from chalicelib.pages.plural import plural_form  # noqa: PLC0415

        return translated[plural_form(self.language, text.count or 0)]


@cache
def _catalogue(language: str) -> Mapping[str, str | Mapping[str, str]]:
    catalogue: Mapping[str, str | Mapping[str, str]] = json.loads(
        (_CATALOGUES / f"{language}.json").read_text("utf-8")
    )
    return catalogue
