"""What an attacker writes into an authentication request, or beside it later: nobody is signed in, named,
told of or believed for it.
"""

import json

import pytest

from chalicelib.protocol.claims_request import CLAIMS
from chalicelib.protocol.errors import InvalidTarget
from chalicelib.protocol.resource import check_resource_syntax
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Caller, encode
from tests.support.tenant import Tenant
from tests.support.wire import nothing_written

MORE = json.dumps({"id_token": {"phone_number": None}, "userinfo": {"phone_number": None}})
LESS = json.dumps({"id_token": {"email": None}})
STRONG = json.dumps({"id_token": {"acr": {"essential": True, "value": "urn:keyturn:acr:pwd"}}})


@pytest.fixture
def app(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(tenant.public_client(), caller)


@pytest.mark.parametrize("claims", [MORE, LESS])
def test_claims_beside_the_consent_form_or_the_way_back_are_not_those_that_were_asked_for(
    app: ClientApp, tenant: Tenant, browser: Browser, claims: str
) -> None:
    browser.open("/authorize", app.request(scope="openid", claims=LESS))
    page = browser.sign_in(tenant.person())
    assert browser.at("/consent")
    assert "phone number" not in page.body
    fields = forms(page.body)[0].fields
    smuggled = {"claims": claims, "scope": "openid phone", "claims_locales": "fr"}
    for path in ("/authorize/resume", "/consent"):
        browser.open(path, {"interaction": fields["interaction"], **smuggled})
        assert "phone number" not in (browser.page.body if browser.page else "")
    answer = browser.submit("/consent", {**fields, "decision": "allow", **smuggled})
    tokens = app.redeem(answer.query["code"], claims=claims).json
    assert "email" in unverified(tokens["id_token"])[1]
    userinfo = app.caller.get(
        "/userinfo", {"claims": claims}, authorization=f"Bearer {tokens['access_token']}"
    )
    for told in (unverified(tokens["id_token"])[1], userinfo.json):
        assert "phone_number" not in told
    again = app.refresh(tokens["refresh_token"], claims=claims) if "refresh_token" in tokens else None
    assert again is None or "phone_number" not in unverified(again.json["id_token"])[1]


def test_no_resource_can_be_called_what_claims_are_filed_under() -> None:
    """A consent to such a resource would be one to the claims of the same names."""
    with pytest.raises(InvalidTarget):
        check_resource_syntax(CLAIMS)


@pytest.mark.parametrize(
    "name", ["acr_values", "claims", "claims_locales", "max_age", "display", "ui_locales"]
)
def test_a_parameter_that_comes_twice_is_neither(app: ClientApp, browser: Browser, name: str) -> None:
    values = [STRONG, "{}"] if name == "claims" else ["60", "60"]
    answer = browser.open("/authorize", app.request(**{name: values}))
    assert answer.query["error"] == "invalid_request"


@pytest.mark.parametrize("prompt", [None, "login", "select_account"])
def test_a_link_that_names_a_person_signs_nobody_in_and_names_nobody(
    stack: LocalStack, app: ClientApp, tenant: Tenant, caller: Caller, *, prompt: str | None
) -> None:
    """An attacker's own ID token as a hint, in the browser of somebody who is signed in."""
    attacker, victim, theirs = tenant.person(), tenant.person(), Browser(caller)
    hint = app.tokens(Browser(caller), attacker)["id_token"]
    theirs.authorize(victim, app.request())
    cookies = dict(theirs.cookies)
    claims = json.dumps({"id_token": {"sub": {"value": attacker.sub}}})
    for named in ({"id_token_hint": hint}, {"claims": claims}, {"login_hint": attacker.login}):
        page = theirs.open("/authorize", app.request(prompt=prompt or "select_account", **named))
        assert theirs.at("/login")
        assert theirs.cookies == cookies
        assert ('value="continue"' in page.body) is ("login_hint" in named and prompt != "login")
        if "login_hint" not in named:
            assert attacker.login not in page.body
            interaction = forms(page.body)[0].fields
            # Going on as whoever is signed in, though the page does not offer it, leads nowhere.
            with nothing_written(stack):
                theirs.submit("/login", {**interaction, "action": "continue"})
                theirs.open("/authorize/resume", {"interaction": interaction["interaction"]})
            assert theirs.at("/login")


def test_an_app_nobody_allowed_anything_does_not_learn_who_is_signed_in(
    stack: LocalStack, app: ClientApp, tenant: Tenant, browser: Browser
) -> None:
    """It names one sub after the other, in a frame that nobody sees."""
    person = tenant.person()
    browser.authorize(person, app.request())
    stranger = ClientApp(tenant.public_client(), app.caller)
    told = []
    for sub in (person.sub, "somebody-else", None):
        claims = json.dumps({"id_token": {"sub": sub and {"value": sub}}})
        with nothing_written(stack):
            told.append(browser.open("/authorize", stranger.request(claims=claims, prompt="none")).query)
    assert told[0]["error"] == "consent_required"
    assert told == [told[0]] * 3
    # Once they allowed it, it knows their sub anyhow.
    browser.authorize(person, stranger.request())
    claims = json.dumps({"id_token": {"sub": {"value": "somebody-else"}}})
    answer = browser.open("/authorize", stranger.request(claims=claims, prompt="none"))
    assert answer.query["error"] == "login_required"


def test_a_form_of_another_site_can_not_drop_what_the_sign_in_has_to_be(
    app: ClientApp, tenant: Tenant, browser: Browser
) -> None:
    """max_age, prompt and claims are kept with the interaction: no later request takes any of them back."""
    person = tenant.person()
    browser.authorize(person, app.request())
    page = browser.open(
        "/authorize", app.request(max_age="0", claims=STRONG, acr_values="urn:keyturn:acr:pwd")
    )
    interaction = forms(page.body)[0].fields["interaction"]
    dropped = {
        "interaction": interaction,
        "max_age": "9999",
        "prompt": "none",
        "claims": "{}",
        "acr_values": "",
    }
    browser.open("/authorize/resume?" + encode(dropped))
    assert browser.at("/login")
    assert "code" in browser.sign_in(person).query


@pytest.mark.parametrize(
    "value",
    [
        '"><script>alert(1)</script>',
        '{"userinfo":{"<img src=x onerror=alert(1)>":null}}',
        '{"id_token":{"name#<script>":{"value":"<b>"}}}',
    ],
)
def test_no_parameter_is_markup_on_a_page(
    app: ClientApp, tenant: Tenant, browser: Browser, value: str
) -> None:
    claims = value if value.startswith("{") else LESS
    names = ("ui_locales", "claims_locales", "display", "acr_values", "login_hint")
    hostile = {**dict.fromkeys(names, value), "claims": claims}
    pages = [browser.open("/authorize", app.request(**hostile)), browser.sign_in(tenant.person())]
    assert browser.at("/consent")
    for page in pages:
        assert "<script>" not in page.body
        assert "<img" not in page.body
