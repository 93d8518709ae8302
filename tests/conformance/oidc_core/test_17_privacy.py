"""OpenID Connect Core section 17: what is told of people, to whom, and that they were asked."""

import json

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller
from tests.support.log_lines import assert_line
from tests.support.tenant import ADA, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

EMAIL, PHONE = str(ADA["email"]), str(ADA["phone_number"])


@spec("OIDC-Core-17")
@spec("OIDC-Core-17.1")
def test_nothing_is_told_before_the_person_allowed_it(caller: Caller, tenant: Tenant) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    claims = json.dumps({"id_token": {"email": None}})
    page = browser.open("/authorize", app.request(claims=claims))
    for shown in (page, browser.sign_in(tenant.person())):
        assert PHONE not in shown.body
    refused = browser.consent("deny")
    assert refused.query["error"] == "access_denied"
    assert not [value for value in refused.query.values() if "ada" in value.lower()]


@spec("OIDC-Core-17.1")
def test_access_tokens_say_nothing_of_a_person_but_the_sub(known: Visit) -> None:
    claims = json.dumps({"userinfo": {"email": None}, "id_token": {"email": None}})
    tokens = known.app.redeem(known.code(claims=claims)).json
    said = unverified(tokens["access_token"])[1]
    assert not said.keys() & ADA.keys()
    assert EMAIL not in json.dumps(said)


@spec("OIDC-Core-17.2")
def test_each_look_at_a_persons_claims_is_in_the_log_without_them(
    known: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    token = known.app.redeem(known.code()).json["access_token"]
    capsys.readouterr()
    assert known.app.caller.get("/userinfo", authorization=f"Bearer {token}").json["name"] == ADA["name"]
    line = capsys.readouterr().out
    told = assert_line(line.splitlines()[-1])
    assert (told["endpoint"], told["outcome"], told["sub"]) == ("userinfo", "claims", known.person.sub)
    assert told["client_id"] == known.app.client.client_id
    assert not [value for value in ("Lovelace", EMAIL, token) if value in line]


@spec("OIDC-Core-17.3")
def test_clients_of_two_sectors_can_not_find_out_that_they_have_the_same_person(
    caller: Caller, tenant: Tenant
) -> None:
    person, subs = tenant.person(), set()
    for host in ("one.example.com", "two.example.org"):
        uris = (f"https://{host}/callback",)
        app = ClientApp(tenant.public_client(redirect_uris=uris, subject_type="pairwise"), caller)
        subs.add(unverified(app.tokens(Browser(caller), person, scope="openid")["id_token"])[1]["sub"])
    assert len(subs) == 2
    assert person.sub not in subs


@spec("OIDC-Core-17.4")
def test_access_while_the_person_is_away_is_asked_for_in_words(caller: Caller, tenant: Tenant) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    browser.open("/authorize", app.request(scope="openid offline_access"))
    page = browser.sign_in(tenant.person())
    assert browser.at("/consent")
    assert "Keep access while you are away" in page.body
