"""The help of every command: it is there, in 80 columns, and its examples are commands."""

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest

from infra.admin.__main__ import make_parser


def commands(
    parser: argparse.ArgumentParser, *words: str
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every parser, with the words that lead to it."""
    yield words, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from commands(inner, *words, name)


ALL = dict(commands(make_parser()))


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_fits_a_terminal(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = ALL[words].format_help().splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert ALL[words].description


@pytest.mark.parametrize("words", [words for words, one in ALL.items() if one.epilog and words], ids=" ".join)
def test_examples_are_commands(words: tuple[str, ...]) -> None:
    text = str(ALL[words].epilog).removeprefix("Example:\n").replace("\\\n", " ")
    for line in text.splitlines():
        options = make_parser().parse_args(shlex.split(re.sub(r"\|.*", "", line)))
        assert callable(options.run)


def test_the_tenant_may_be_named_before_or_after_the_command() -> None:
    parser = make_parser()
    for words in (
        ["--tenant", "acme", "--stage", "prod", "--json", "clients", "list"],
        ["clients", "list", "--tenant", "acme", "--stage", "prod", "--json"],
        ["--tenant", "acme", "clients", "list", "--stage", "prod", "--json"],
    ):
        options = parser.parse_args(words)
        assert (options.tenant, options.stage, options.json) == ("acme", "prod", True)
    assert parser.parse_args(["clients", "list", "--local"]).local == 8000


@pytest.mark.parametrize(
    "wrong",
    [
        ["clients"],
        ["clients", "list", "--limit", "-1"],
        ["clients", "rotate-secret", "a", "--keep-former", "soon"],
        ["users", "create", "a", "--claim", "name"],
        ["users", "create", "a", "--password", "secret"],
    ],
    ids=" ".join,
)
def test_a_command_that_makes_no_sense_ends_with_two(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        make_parser().parse_args(wrong)
    assert raised.value.code == 2
