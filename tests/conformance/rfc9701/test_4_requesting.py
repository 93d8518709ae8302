"""RFC 9701 section 4: a resource server asks for a JWT by its media type."""

import pytest

from tests.support.introspection import JWT_ANSWER, Api
from tests.support.traceability import spec

JSON = "application/json"
SIGNED = [
    JWT_ANSWER,
    JWT_ANSWER.upper(),
    f"{JWT_ANSWER}, {JSON}",
    f"{JSON},{JWT_ANSWER}",
    f"{JWT_ANSWER};q=0.9, {JSON};q=0.8, */*;q=0.1",
    f"text/html, {JWT_ANSWER} ; q=0.001",
]
PLAIN = [
    None,
    "",
    "*/*",
    "application/*",
    JSON,
    "application/jwt",
    "text/html",
    f"{JWT_ANSWER};q=0",
    f"{JWT_ANSWER};q=0.000, */*",
    f"{JSON}, {JWT_ANSWER};q=0.5",
    f"x{JWT_ANSWER}",
    f"{JWT_ANSWER}x",
    ",,;;=",
]


@spec("RFC9701-4")
@pytest.mark.parametrize("accept", SIGNED)
def test_who_names_the_media_type_gets_a_jwt(api: Api, token: str, accept: str) -> None:
    assert api.claims(api.ask(token, accept=accept))["token_introspection"]["active"] is True


@spec("RFC9701-4")
@pytest.mark.parametrize("accept", PLAIN)
def test_who_does_not_gets_json(api: Api, token: str, accept: str | None) -> None:
    answer = api.ask(token, accept=accept)
    assert answer.headers["content-type"] == JSON
    assert answer.json["active"] is True


@spec("RFC9701-4")
def test_a_hint_changes_nothing(api: Api, token: str) -> None:
    for hint in ("access_token", "refresh_token", "something_else"):
        assert api.claims(api.ask(token, token_type_hint=hint))["token_introspection"]["active"] is True
