"""JSON of others: one meaning, bounded, or refused with a sentence."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.json_document import UnfitDocument, parse_json_object
from tests.support.properties import JSON

LIMIT = 64 * 1024
# RFC 6749 section 5.2: what an error_description may hold.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")

UNFIT = {
    "nothing": (b"", "not JSON"),
    "no JSON": (b"{", "not JSON"),
    "more after the end": (b"{} {}", "not JSON"),
    "a comment": (b"{} // yes", "not JSON"),
    "single quotes": (b"{'a': 1}", "not JSON"),
    "a comma at the end": (b'{"a": 1,}', "not JSON"),
    "a raw line feed in a string": (b'{"a": "\n"}', "not JSON"),
    "a NUL in a string": (b'{"a": "\x00"}', "not JSON"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not JSON"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    "Latin 1": (b'{"a": "\xe9"}', "not UTF-8"),
    "an encoded surrogate": (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
    "half a character": (rb'{"a": "\ud800"}', "half a character"),
    "half a character in a name": (rb'{"a": {"\udfff": 1}}', "half a character"),
    "half a character in a list": (rb'{"a": ["\ud83d x"]}', "half a character"),
    "a list": (b"[]", "not a JSON object"),
    "a string": (b'"a"', "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "a member twice": (b'{"a": 1, "a": 1}', "twice"),
    "a member twice, one escaped": (rb'{"a": 1, "\u0061": 2}', "twice"),
    "a member twice within": (b'{"a": [{"b": 1, "b": 2}]}', "twice"),
    "not a number": (b'{"a": NaN}', "NaN is no JSON"),
    "infinity": (b'{"a": -Infinity}', "-Infinity is no JSON"),
    "a fraction no double holds": (b'{"a": 1e999}', "too large"),
    "a number of a million digits": (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
    "17 levels": (b'{"a":' * 16 + b"{}" + b"}" * 16, "more than 16 deep"),
    "17 levels of lists": (b'{"a":' + b"[" * 16 + b"]" * 16 + b"}", "more than 16 deep"),
    "30000 levels": (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "more than 16 deep"),
    "30000 levels without an end": (b'{"a":' + b"[" * 30_000, "more than 16 deep"),
    "one byte too many": (b'{"a":"' + b"x" * (LIMIT - 7) + b'"}', "larger than 65536 bytes"),
}


@pytest.mark.parametrize(("data", "why"), UNFIT.values(), ids=UNFIT)
def test_what_could_be_read_in_two_ways_or_without_end_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(UnfitDocument, match=why) as refused:
        parse_json_object(data, max_bytes=LIMIT)
    assert DESCRIPTION.fullmatch(str(refused.value))


def test_what_is_at_the_limits_is_taken() -> None:
    largest = b'{"a":"' + b"x" * (LIMIT - 8) + b'"}'
    assert parse_json_object(largest, max_bytes=LIMIT)["a"] == "x" * (LIMIT - 8)
    deepest = b'{"a":' * 15 + b"{}" + b"}" * 15
    assert parse_json_object(deepest, max_bytes=LIMIT)
    assert parse_json_object(b'{"a": {}}', max_bytes=9, max_depth=2) == {"a": {}}
    with pytest.raises(UnfitDocument):
        parse_json_object(b'{"a": {}}', max_bytes=9, max_depth=1)
    text = rb'{"\ud83d\ude00": [true, null, -1.5e3, "\u0000"]}'
    assert parse_json_object(text, max_bytes=LIMIT) == {"\U0001f600": [True, None, -1500.0, "\0"]}


@given(st.dictionaries(st.text(max_size=9), JSON, max_size=4))
@example({"a": "\ud800"})
@example({"a": float("nan")})
def test_a_document_is_read_as_it_was_written_or_not_at_all(document: dict[str, Any]) -> None:
    data = json.dumps(document).encode()
    try:
        found = parse_json_object(data, max_bytes=LIMIT)
    except UnfitDocument:
        return
    assert json.loads(data) == found == document


@given(st.binary(max_size=80))
def test_any_bytes_are_a_document_or_unfit(data: bytes) -> None:
    found: object = None
    with suppress(UnfitDocument):
        found = parse_json_object(data, max_bytes=LIMIT)
    assert isinstance(found, dict | None)
