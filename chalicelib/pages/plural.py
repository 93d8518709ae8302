"""Which form of a sentence goes with a number: the plural rules of Unicode's CLDR, for whole numbers."""

from collections.abc import Callable
from typing import Literal

Form = Literal["zero", "one", "two", "few", "many", "other"]


def plural_form(language: str, count: int) -> Form:
    """The form of CLDR for a number that is not negative."""
    return _RULES.get(language, _one_or_other)(count)


def _one_or_other(count: int) -> Form:
    return "one" if count == 1 else "other"


def _french(count: int) -> Form:
    return "one" if count in {0, 1} else "other"


def _japanese(_: int) -> Form:
    return "other"


def _arabic(count: int) -> Form:
    names: dict[int, Form] = {0: "zero", 1: "one", 2: "two"}
    if count in names:
        return names[count]
    hundredth = count % 100
    few, many = range(3, 11), range(11, 100)
    return "few" if hundredth in few else "many" if hundredth in many else "other"


_RULES: dict[str, Callable[[int], Form]] = {"ar": _arabic, "fr": _french, "ja": _japanese}
# What a catalogue has of a sentence with a number in it.
FORMS: dict[str, tuple[Form, ...]] = {
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "ja": ("other",),
}
EVERY_FORM: tuple[Form, ...] = ("one", "other")
