"""OpenID Connect Core section 5.2: the same claim in several languages and scripts."""

import json
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec

NAMES = {
    "name": "Ada Lovelace",
    "name#fr": "Ada, comtesse de Lovelace",
    "name#ja-Hani-JP": "愛達",
    "name#ja-Kana-JP": "エイダ・ラブレス",
    "website": "https://ada.example.com",
    "website#fr": "https://ada.example.com/fr",
    "nickname#de": "Gräfin Ada",
    "locale": "en-GB",
}


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person(**NAMES)


@pytest.fixture
def app(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(tenant.public_client(), caller)


def userinfo(app: ClientApp, person: Person, **changes: str) -> dict[str, Any]:
    tokens = app.tokens(Browser(app.caller), person, **changes)
    answer = app.caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    claims: dict[str, Any] = json.loads(answer.body)
    return {name: value for name, value in claims.items() if name.partition("#")[0] in {"name", "website"}}


@spec("OIDC-Core-5.2")
@pytest.mark.parametrize(
    ("locales", "told"),
    [
        (None, {"name": "name", "website": "website"}),
        # One language: without a tag.
        ("fr", {"name": "name#fr", "website": "website#fr"}),
        ("FR", {"name": "name#fr", "website": "website#fr"}),
        ("fr-CA", {"name": "name#fr", "website": "website#fr"}),
        ("ja-Kana-JP", {"name": "name#ja-Kana-JP", "website": "website"}),
        ("ja-Kana", {"name": "name#ja-Kana-JP", "website": "website"}),
        ("xx ja-Kana-JP", {"name": "name#ja-Kana-JP", "website": "website"}),
        # What has no tag is in the person's own language.
        ("en fr", {"name": "name", "name#fr": "name#fr", "website": "website", "website#fr": "website#fr"}),
        # Of several the most wanted, and each with its tag.
        (
            "ja-Kana-JP fr",
            {
                "name": "name#ja-Kana-JP",
                "name#ja-Kana-JP": "name#ja-Kana-JP",
                "name#fr": "name#fr",
                "website": "website#fr",
            },
        ),
        ("xx", {"name": "name", "website": "website"}),
        ("not_a_tag <script>", {"name": "name", "website": "website"}),
    ],
)
def test_claims_come_in_the_languages_preferred(
    app: ClientApp, person: Person, *, locales: str | None, told: dict[str, str]
) -> None:
    changes = {} if locales is None else {"claims_locales": locales}
    assert userinfo(app, person, **changes) == {name: NAMES[of] for name, of in told.items()}


@spec("OIDC-Core-5.5.2")
def test_a_claim_may_be_asked_for_with_its_language(app: ClientApp, person: Person) -> None:
    asked = {"name#ja-Kana-JP": None, "name#zz": {"essential": True}, "nickname#de": None, "#fr": None}
    claims = json.dumps({"userinfo": asked, "id_token": {"name#fr": None, "name": None}})
    tokens = app.tokens(Browser(app.caller), person, scope="openid", claims=claims)
    answer = app.caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    expected = {name: NAMES[name] for name in ("name#ja-Kana-JP", "nickname#de")}
    assert answer.json == {"sub": person.sub, **expected}
    said = unverified(tokens["id_token"])[1]
    assert {name: said[name] for name in ("name", "name#fr")} == {
        name: NAMES[name] for name in ("name", "name#fr")
    }


@spec("OIDC-Core-5.2")
def test_the_languages_are_those_of_the_sign_in_also_in_id_tokens(app: ClientApp, person: Person) -> None:
    claims = json.dumps({"id_token": {"name": None, "website": None}})
    tokens = app.tokens(Browser(app.caller), person, claims=claims, claims_locales="fr")
    for told in (tokens, app.refresh(tokens["refresh_token"]).json):
        said = unverified(told["id_token"])[1]
        assert (said["name"], said["website"]) == (NAMES["name#fr"], NAMES["website#fr"])


@spec("OIDC-Core-5.2")
def test_a_scope_gives_no_language_that_was_not_asked_for(app: ClientApp, person: Person) -> None:
    tokens = app.tokens(Browser(app.caller), person)
    told = app.caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").json
    assert not [name for name in told if "#" in name or name == "nickname"]
