"""What a person reads: as wide as the terminal, identifiers whole, and nothing that moves the cursor."""

from hypothesis import given
from hypothesis import strategies as st

from infra.admin.table import Column, _width, moment, record, table
from infra.deploy.screen import printable
from tests.support.properties import ANY_TEXT

COLUMNS = (Column("client_id", whole=True), Column("name"), Column("grant types"))


def test_a_table_stands_under_its_titles() -> None:
    shown = table(COLUMNS, [("a", "Notes", "code"), ("bcd", "B", "")], width=80)
    assert shown.splitlines() == [
        "client_id  name   grant types",
        "---------  -----  -----------",
        "a          Notes  code",
        "bcd        B",
    ]


def test_what_is_too_wide_is_cut_with_a_mark_but_no_identifier() -> None:
    shown = table(COLUMNS, [("i" * 30, "n" * 60, "g" * 60)], width=80)
    assert shown.splitlines()[-1] == f"{'i' * 30}  {'n' * 22}…  {'g' * 22}…"


def test_where_identifiers_leave_no_room_each_row_is_a_block() -> None:
    shown = table(COLUMNS, [("i" * 70, "Notes", "code"), ("j", "B", "")], width=80)
    assert shown.splitlines()[:3] == [f"client_id    {'i' * 70}", "name         Notes", "grant types  code"]
    assert "…" not in shown


def test_wide_characters_take_two_columns() -> None:
    lines = table((Column("name"), Column("x")), [("日本語の名前", "1"), ("a", "2")], width=80).splitlines()
    assert [line.index(number) for line, number in zip(lines[2:], "12", strict=True)] == [8, 14]
    assert lines[0] == "name          x"


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT), min_size=1, max_size=4))
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str, str]]) -> None:
    shown = table((Column("a"), Column("b"), Column("c")), rows, width=40)
    assert all(_width(line) <= 40 for line in shown.split("\n"))
    assert len(shown.split("\n")) == len(rows) + 2
    assert shown.replace("\n", "").isprintable()


def test_names_move_no_cursor_and_hide_no_words() -> None:
    assert printable("a\x1b[2Jb\u202ec\nd\u200be") == "a�[2Jb�c�d�e"


def test_a_record_wraps_and_leaves_out_what_is_not_there() -> None:
    shown = record(
        [("a", "word " * 10), ("bc", None), ("list", ["x", "y"]), ("flag", True), ("of", {"a": 1})], width=30
    )
    assert shown.splitlines() == [
        "a     word word word word word",
        "      word word word word word",
        "list  x",
        "      y",
        "flag  true",
        'of    {"a": 1}',
    ]
    assert record([], width=30) == ""


def test_a_moment_is_in_utc() -> None:
    assert (moment(1_700_000_000), moment(0), moment(None)) == ("2023-11-14 22:13:20Z", "", "")
