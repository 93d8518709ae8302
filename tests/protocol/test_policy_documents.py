"""The policy hook's documents are as their schemas say, whatever they hold."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.accounts.user import User
from chalicelib.protocol.errors import AccessDenied
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.policy import (
    ADDED_TO,
    RESERVED,
    Occasion,
    PolicyFailed,
    question,
    read_answer,
    with_claims,
)
from tests.support.policy import AUTHENTICATION, CLIENT, TOKENS, is_valid, schema
from tests.support.properties import ANY_TEXT, JSON


@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
@example(b"\x00")
def test_no_answer_is_followed_that_the_schema_does_not_have(data: bytes) -> None:
    follow(data)


CLAIMS = st.dictionaries(st.sampled_from([*RESERVED, "roles", "SUB"]) | ANY_TEXT, JSON, max_size=3)
MEMBERS = {
    "version": st.sampled_from([1, 1, 1, 2]) | JSON,
    "claims": st.dictionaries(st.sampled_from([*ADDED_TO, "id_jag"]), CLAIMS | JSON) | JSON,
    "veto": st.fixed_dictionaries({"reason": ANY_TEXT}) | JSON,
    "more": JSON,
}


@given(
    st.fixed_dictionaries({"version": MEMBERS["version"], "claims": MEMBERS["claims"]})
    | st.fixed_dictionaries({}, optional=MEMBERS)
)
def test_nothing_like_an_answer_is_followed_that_the_schema_does_not_have(document: Any) -> None:
    follow(json.dumps(document).encode())


def follow(data: bytes) -> None:
    """It is followed as it is meant, or refused in one of two ways."""
    try:
        added: Mapping[str, Any] = read_answer(data)
        tokens = with_claims(TOKENS, added)
    except AccessDenied:
        assert json.loads(data)["veto"] not in (None, False)
    except PolicyFailed:
        return
    else:
        document = json.loads(data)
        assert is_valid("answer", document)
        for token, before, name in zip(tokens, TOKENS.values(), TOKENS, strict=True):
            assert token.claims == {**before.claims, **document.get("claims", {}).get(name, {})}
            assert before.claims.items() <= token.claims.items()


def test_the_schema_reserves_what_is_reserved() -> None:
    names = schema("answer")["$defs"]["claims"]["propertyNames"]["not"]["enum"]
    assert names == sorted(RESERVED)


@pytest.mark.parametrize("user", [None, User(sub="ada", claims={"email": "ada@example.com"})])
def test_the_question_is_as_its_schema_says_and_holds_no_token(user: User | None) -> None:
    occasion = Occasion(
        grant_type="authorization_code", client=CLIENT, subject="person", resources=("https://api.example",)
    )
    asked = question(TOKENS, occasion, user=user)
    assert is_valid("request", asked)
    assert asked == {
        "version": 1,
        "issuer": "https://login.example",
        "time": 10,
        "grant_type": "authorization_code",
        "tokens": ["access_token", "id_token"],
        "client": {"client_id": "app", "client_name": "App", "registration": "operator"},
        "subject": {"kind": "person", "sub": "ada", **({"claims": user.claims} if user else {})},
        "scope": ["openid", "read"],
        "resources": ["https://api.example"],
        "audience": ["https://api.example", "https://login.example"],
        "authentication": AUTHENTICATION,
        "act": {"sub": "api"},
    }
    assert set(schema("request")["properties"]) == set(asked)


def test_a_client_of_its_own_has_neither_scope_nor_sign_in() -> None:
    token = UnsignedToken(
        alg="ES256",
        typ="at+jwt",
        claims={"iss": "https://login.example", "sub": "app", "aud": "https://api.example", "iat": 10},
    )
    occasion = Occasion(grant_type="client_credentials", client=CLIENT, subject="client", resources=("r",))
    asked = question({"access_token": token}, occasion, user=None)
    assert is_valid("request", asked)
    assert asked["subject"] == {"kind": "client", "sub": "app"}
    assert (asked["scope"], asked["audience"]) == ([], ["https://api.example"])
    assert not {"authentication", "act"} & set(asked)


def test_the_examples_of_the_page_are_as_the_schemas_say() -> None:
    page = Path("docs/hooks.md").read_text(encoding="utf-8")
    asked, *answers = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert is_valid("request", json.loads(asked))
    assert len(answers) == 3
    for answer in answers:
        assert is_valid("answer", json.loads(answer))
        follow(answer.encode())
