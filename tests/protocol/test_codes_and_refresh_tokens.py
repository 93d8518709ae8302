"""Codes and refresh tokens: taken apart and put together, and nothing else is one."""

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.grant import Code, parse_code
from chalicelib.protocol.refresh_token import RefreshToken, parse_refresh_token
from tests.support.properties import ANY_TEXT, base64url

GENERATIONS = st.integers(1, 999_999_999)
REFRESH_TOKENS = st.builds(RefreshToken, base64url(22), GENERATIONS, base64url(22), base64url(43))


@given(base64url(22), base64url(43))
def test_a_code_is_read_as_it_was_written(grant_id: str, secret: str) -> None:
    code = Code(grant_id, secret)
    assert parse_code(str(code)) == code
    assert parse_refresh_token(str(code)) is None


@given(REFRESH_TOKENS)
def test_a_refresh_token_is_read_as_it_was_written(token: RefreshToken) -> None:
    assert parse_refresh_token(str(token)) == token
    assert parse_code(str(token)) is None


@given(REFRESH_TOKENS, base64url(22), base64url(22))
def test_a_successor_follows_from_the_token_and_the_nonce_alone(
    token: RefreshToken, nonce: str, other: str
) -> None:
    successor = token.successor(nonce)
    assert successor == token.successor(nonce)
    assert (successor.grant_id, successor.family) == (token.grant_id, token.family)
    assert successor.family_hash == token.family_hash
    assert successor.generation == token.generation + 1
    assert successor.hash != token.hash
    assert (successor == token.successor(other)) == (nonce == other)


@given(ANY_TEXT)
@example("A" * 22 + "." + "A" * 43 + "\n")
@example("A" * 22 + "." + "A" * 42 + "é")
@example("A" * 22 + ".01." + "A" * 65)
@example("A" * 22 + ".0." + "A" * 65)
@example("A" * 22 + ".-1." + "A" * 65)
@example("A" * 22 + ".1_0." + "A" * 65)
@example("A" * 22 + ".٣." + "A" * 65)
@example("A" * 22 + ".1234567890." + "A" * 65)
def test_any_other_text_is_neither(text: str) -> None:
    assert parse_code(text) is None
    assert parse_refresh_token(text) is None
