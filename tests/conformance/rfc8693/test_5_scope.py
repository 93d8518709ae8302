"""RFC 8693 section 5: what a token gives, it gives on; nothing more, wherever it is for."""

from typing import Any

import pytest

from tests.support.client_app import unverified
from tests.support.exchange import Middle, allow, another, api_client
from tests.support.refusal import assert_json_error
from tests.support.traceability import spec

A, B = "https://one-of-two.example/", "https://two-of-two.example/"

# The scope of the subject token, what is asked for, what the target's record says, and what comes of it.
CARRIED: dict[str, tuple[str, str | None, dict[str, Any], str | None]] = {
    "what carries is carried": ("read", None, {}, "pay:read"),
    "what does not carry is not": ("write", None, {}, None),
    "what is asked": ("read write", "pay:read", {}, "pay:read"),
    "the same word, where nothing is said": (
        "read", None, {"scopes": {"read": "Read"}, "exchange_scopes": {}}, "read",
    ),
    "another meaning of the same word": (
        "read", None, {"scopes": {"read": "Read"}, "exchange_scopes": {"read": ("write",)}}, None,
    ),
    "either of two": (
        "write", None, {"exchange_scopes": {"pay:read": ("read", "write"), "pay:write": ("x",)}}, "pay:read",
    ),
}  # fmt: skip


@spec("RFC8693-5")
@pytest.mark.parametrize("case", CARRIED)
def test_scope_is_carried_as_the_target_says(api: Middle, case: str) -> None:
    held, asked, server, got = CARRIED[case]
    answer = another(api, server=server).exchange(api.token(scope=held), scope=asked)
    assert answer.status == 200, answer.body
    assert answer.json.get("scope") == got
    assert unverified(answer.json["access_token"])[1].get("scope") == got


@spec("RFC8693-2.1")
def test_a_word_that_one_target_gives_and_another_does_not_is_not_for_both(api: Middle) -> None:
    client = api_client(api.tenant, exchange_audiences=(A, B))
    words = {"scopes": {"both": "Both", "delete": "Delete"}}
    allow(A, client, **words, exchange_scopes={"both": ("read",), "delete": ("read",)})
    allow(B, client, **words, exchange_scopes={"both": ("read",), "delete": ("admin",)})
    asker = another(api)
    asker.api.client = client
    answer = asker.exchange(api.token(), resource=[A, B])
    claims = unverified(answer.json["access_token"])[1]
    assert (claims["aud"], claims["scope"]) == ([A, B], "both")
    assert_json_error(asker.exchange(api.token(), resource=[A, B], scope="delete"), "invalid_scope")
    assert asker.exchange(api.token(), resource=A, scope="delete").status == 200
    assert asker.exchange(api.token(), resource=A, audience=B).json["scope"] == "both"


@spec("RFC8693-5")
def test_a_shorter_life_of_the_target_holds(api: Middle) -> None:
    answer = another(api, server={"access_token_lifetime": 60}).exchange(api.token())
    assert answer.json["expires_in"] == 60


@spec("RFC8693-5")
def test_openid_scopes_are_not_carried(api: Middle) -> None:
    token = api.token(scope="openid profile email read")
    answer = api.exchange(token)
    assert answer.json["scope"] == "pay:read"
    assert "id_token" not in answer.json
    got = answer.json["access_token"]
    assert api.api.caller.get("/userinfo", authorization=f"Bearer {got}").status == 401
