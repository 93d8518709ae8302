"""The Accept header, on any text."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.gateway.accept import prefers
from tests.support.properties import ANY_TEXT

RANGES = st.sampled_from(["a/b", "a/c", "*/*", "a/*", "A/B"])
QUALITIES = st.sampled_from(["", ";q=0", ";q=0.000", ";q=0.5", ";q=1", "; Q=1.000", ";q=2", ";x=1;q=0.1"])
LISTS = st.lists(st.tuples(RANGES, QUALITIES).map("".join)).map(", ".join)


@given(accept=st.none() | ANY_TEXT | LISTS)
def test_only_what_is_named_is_preferred(accept: str | None) -> None:
    if prefers(accept, "a/b", over="a/c"):
        assert accept is not None
        assert "a/b" in accept.lower()


@given(before=LISTS.filter(lambda text: "a/b" not in text.lower() and "a/c" not in text))
def test_one_or_the_other_of_two_named_is_preferred(before: str) -> None:
    named = f"{before}, a/b;q=0.5, a/c"
    assert prefers(named, "a/c", over="a/b")
    assert not prefers(named, "a/b", over="a/c")
