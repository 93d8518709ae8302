"""Parameters, scope and what else is parsed out of text: nothing gets through but what may."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.errors import InvalidRequest, InvalidScope
from chalicelib.protocol.parameters import MAX_PARAMETERS, Parameters, parse_parameters
from chalicelib.protocol.scope import MAX_SCOPE_TOKENS, parse_scope
from tests.support.properties import ANY_TEXT, UNICODE

VALUES = UNICODE.filter(lambda text: text and "\0" not in text)
# RFC 6749 section 3.3.
SCOPE_TOKEN = st.text([chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"\\'], min_size=1, max_size=12)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=20))
def test_what_was_encoded_is_read_in_its_order(pairs: list[tuple[str, str]]) -> None:
    parameters = parse_parameters(urlencode(pairs))
    assert list(parameters) == list(dict.fromkeys(name for name, _ in pairs))
    for name in parameters:
        assert parameters.all(name) == tuple(value for each, value in pairs if each == name)
    as_bytes = parse_parameters(urlencode(pairs).encode())
    assert {name: as_bytes.all(name) for name in as_bytes} == {
        name: parameters.all(name) for name in parameters
    }


@given(ANY_TEXT | st.binary(max_size=80))
@example("%ff=1")
@example("a=%")
@example("a=%C0%AF")
@example(b"\xff=1")
@example("\ud800=1")
@example("&&==&=&a")
@example("&".join(f"a{number}=1" for number in range(MAX_PARAMETERS + 1)))
def test_any_text_is_parameters_or_an_invalid_request(text: str | bytes) -> None:
    try:
        parameters = parse_parameters(text)
    except InvalidRequest as error:
        assert error.reason in {"parameter_encoding", "parameter_too_many"}  # noqa: PT017
        return
    for name in parameters:
        for part in (name, *parameters.all(name)):
            part.encode()
            assert "\0" not in part
        assert all(parameters.all(name))


def test_a_parameter_without_a_value_is_as_if_omitted() -> None:
    parameters = parse_parameters("a=&b&c=1&a=2")
    assert (parameters.get("a"), parameters.get("b"), parameters.get("c")) == ("2", None, "1")


def test_only_resource_may_be_repeated() -> None:
    parse_parameters("resource=a&resource=b").check_none_repeated()
    with pytest.raises(InvalidRequest) as raised:
        parse_parameters("unknown=a&unknown=b").check_none_repeated()
    assert raised.value.reason == "parameter_repeated"


def test_a_name_that_is_required_is_named_in_the_error_and_no_value_is() -> None:
    with pytest.raises(InvalidRequest) as raised:
        Parameters({"a": ("secret",)}).require("code")
    assert raised.value.description == "The parameter code is missing."


@given(st.lists(SCOPE_TOKEN, min_size=1, max_size=20), st.integers(1, 3))
def test_a_scope_is_its_tokens_each_once_in_their_order(tokens: list[str], spaces: int) -> None:
    assert parse_scope((" " * spaces).join(tokens)) == tuple(dict.fromkeys(tokens))


@given(ANY_TEXT)
@example("a\tb")
@example("a\nb")
@example("a\u00a0b")
@example('a"b')
@example("a\\b")
@example(" ")
@example(" ".join(f"s{number}" for number in range(MAX_SCOPE_TOKENS + 1)))
def test_any_text_is_a_scope_or_an_invalid_scope(text: str) -> None:
    try:
        tokens = parse_scope(text)
    except InvalidScope as error:
        assert error.reason == "scope_malformed"  # noqa: PT017
        return
    assert tokens is None or len(set(tokens)) == len(tokens) <= MAX_SCOPE_TOKENS
    for token in tokens or ():
        assert re.fullmatch(r"[\x21\x23-\x5B\x5D-\x7E]+", token)
