"""Which claims of a person are told, on any of them."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.user import User
from chalicelib.protocol.claims import claims_of, userinfo_claims
from chalicelib.protocol.claims_request import ClaimsRequest, kept_claims, parse_claims_request
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.supported import CLAIMS_OF_SCOPE

STANDARD = sorted(name for names in CLAIMS_OF_SCOPE.values() for name in names)
ADA = User(
    sub="ada", claims={"name": "Ada", "name#fr": "Ada, comtesse", "secret": "s", "email": "ada@example.com"}
)
NAMES = st.sampled_from([*STANDARD, "sub", "acr", "secret", "name#fr", "name#", "#", "password"])
SAID = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "essential": st.booleans(),
        "values": st.lists(st.text() | st.integers() | st.booleans() | st.none(), min_size=1),
    },
)
REQUESTS = st.fixed_dictionaries(
    {}, optional={place: st.dictionaries(NAMES, SAID) for place in ("userinfo", "id_token")}
)


def grant_of(claims: str | None, **changes: Any) -> Grant:
    given: dict[str, Any] = {
        "grant_id": "grant",
        "state": "active",
        "client_id": "app",
        "scope": ("openid",),
        "resources": (),
        "exp": 9,
        "code_exp": 9,
        "refresh_until": 9,
        "created_at": 1,
        **changes,
    }
    return Grant(**given, claims=claims)


@given(REQUESTS, st.sets(st.sampled_from(["openid", *CLAIMS_OF_SCOPE])))
def test_nothing_is_kept_but_standard_claims_the_client_may_ask_for(
    document: dict[str, Any], registered: set[str]
) -> None:
    permitted = parse_claims_request(json.dumps(document)).permitted(registered)
    may = {name for scope in registered for name in CLAIMS_OF_SCOPE.get(scope, ())}
    kept = permitted.kept()
    for place in ("userinfo", "id_token"):
        names = {name.partition("#")[0] for name in kept_claims(kept, place)}
        assert names <= may
        assert names == {name.partition("#")[0] for name in document.get(place, ())} & may
    assert set(permitted.beyond(())) <= may
    assert set(permitted.beyond(registered)) == set()
    assert kept is None or kept == json.dumps(
        json.loads(kept), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@given(REQUESTS)
def test_what_is_told_is_the_persons_and_was_asked_for(document: dict[str, Any]) -> None:
    requested = kept_claims(parse_claims_request(json.dumps(document)).kept(), "userinfo")
    told = claims_of(ADA, scope=("openid",), requested=requested)
    assert told.pop("sub") == "ada"
    assert told.items() <= {name: ADA.claims[name] for name in ("name", "name#fr", "email")}.items()
    assert told.keys() <= document.get("userinfo", {}).keys()


@given(
    st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps)
)
def test_any_text_is_a_claims_request_or_an_invalid_request(text: str) -> None:
    with suppress(InvalidRequest):
        assert isinstance(parse_claims_request(text), ClaimsRequest)


def test_another_client_with_the_token_is_told_no_more_than_its_scope_gives() -> None:
    grant = grant_of('{"userinfo":{"email":null}}', claims_locales=("fr",))
    told = userinfo_claims(ADA, scope=("openid", "profile"), grant=grant, client_id="app")
    assert told == {"sub": "ada", "name": "Ada, comtesse", "email": "ada@example.com"}
    told = userinfo_claims(ADA, scope=("openid", "profile"), grant=grant, client_id="another")
    assert told == {"sub": "ada", "name": "Ada"}


@pytest.mark.parametrize(
    ("claims", "locales", "told"),
    [
        ({"name#fr": "F"}, ("fr",), {"name": "F"}),
        ({"name#fr": "F"}, ("de",), {}),
        ({"name#fr": "F"}, (), {}),
        ({"name": "N", "name#fr-CA": "F"}, ("fr",), {"name": "F"}),
        ({"name": "N", "locale": "fr"}, ("fr",), {"name": "N"}),
        # A value of the person's own language wins over what merely has no tag.
        ({"name": "N", "name#fr": "F", "locale": "fr"}, ("fr",), {"name": "F"}),
        ({"name": "N", "name#": "X", "locale": 7}, ("fr",), {"name": "N"}),
        (
            {"name": "N", "name#fr": "F", "name#de": "D"},
            ("fr", "de"),
            {"name": "F", "name#fr": "F", "name#de": "D"},
        ),
        ({"name": "N", "name#fr": "F"}, ("fr", "fr-CA"), {"name": "F"}),
    ],
)
def test_languages(claims: dict[str, Any], locales: tuple[str, ...], told: dict[str, str]) -> None:
    found = claims_of(User(sub="ada", claims=claims), scope=("profile",), locales=locales)
    assert {name: value for name, value in found.items() if name.startswith("name")} == told
