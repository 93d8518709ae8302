"""OpenID Connect Core section 5.5.1: the values that the sign-in itself has to have, sub and acr."""

import json
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.forgery import resign_as_server
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
ACR = "urn:keyturn:acr:pwd"


def of(sub: str, place: str = "id_token") -> str:
    return json.dumps({place: {"sub": {"value": sub}}})


def acr(**said: Any) -> str:
    return json.dumps({"id_token": {"acr": said}})


def id_token(known: Visit, **changes: str) -> dict[str, Any]:
    return unverified(known.app.redeem(known.code(**changes)).json["id_token"])[1]


@spec("OIDC-Core-5.5.1")
@pytest.mark.parametrize("place", ["id_token", "userinfo"])
@pytest.mark.parametrize("prompt", ["none", None])
def test_the_person_asked_for_is_the_one_who_is_signed_in(
    known: Visit, place: str, prompt: str | None
) -> None:
    claims = of(known.person.sub, place)
    assert "code" in known.answer(claims=claims, prompt=prompt).query
    several = json.dumps({place: {"sub": {"values": ["another", known.person.sub]}}})
    assert "code" in known.answer(claims=several, prompt=prompt).query
    assert "code" in known.answer(claims=json.dumps({place: {"sub": None}}), prompt=prompt).query


@spec("OIDC-Core-3.1.2.2")
@pytest.mark.parametrize("place", ["id_token", "userinfo"])
@pytest.mark.parametrize("said", [{"value": "another"}, {"values": ["another", "third"]}, {"value": 7}])
def test_of_another_person_nothing_is_told_silently(
    stack: LocalStack, known: Visit, capsys: Log, *, said: Any, place: str
) -> None:
    with nothing_written(stack):
        answer = known.answer(claims=json.dumps({place: {"sub": said}}), prompt="none")
    assert_refused(answer, known.app, "login_required")
    assert last_log(capsys)["reason"] == "hint_of_another_person"


@spec("OIDC-Core-3.1.2.2")
def test_another_person_has_to_sign_in_and_nobody_else_will_do(
    caller: Caller, tenant: Tenant, browser: Browser, capsys: Log
) -> None:
    app, person, other = ClientApp(tenant.public_client(), caller), tenant.person(), tenant.person()
    browser.authorize(other, app.request())
    page = browser.open("/authorize", app.request(claims=of(person.sub)))
    assert browser.at("/login")
    # Nobody is named on the page, nor can whoever is signed in go on as themselves.
    assert 'value="continue"' not in page.body
    assert person.login not in page.body
    answer = browser.sign_in(other)
    assert_refused(answer, app, "login_required")
    assert last_log(capsys)["reason"] == "hint_of_another_person"
    browser.open("/authorize", app.request(claims=of(person.sub)))
    browser.sign_in(person)
    tokens = app.redeem(browser.consent().query["code"]).json
    assert unverified(tokens["id_token"])[1]["sub"] == person.sub


@spec("OIDC-Core-5.5.1")
def test_a_hint_and_a_sub_that_contradict_each_other_are_refused(
    stack: LocalStack, known: Visit, capsys: Log
) -> None:
    hint = known.app.redeem(known.code()).json["id_token"]
    assert "code" in known.answer(id_token_hint=hint, claims=of(known.person.sub)).query
    for sub, hinted in (
        ("another", hint),
        (known.person.sub, resign_as_server(known.app.caller, hint, sub="x")),
    ):
        with nothing_written(stack):
            answer = known.answer(id_token_hint=hinted, claims=of(sub))
        assert_refused(answer, known.app, "invalid_request")
        assert last_log(capsys, hint)["reason"] == "hint_contradicted"


@spec("OIDC-Core-5.5.1")
def test_two_places_that_name_different_people_name_nobody(known: Visit) -> None:
    claims = {"id_token": {"sub": {"value": known.person.sub}}, "userinfo": {"sub": {"value": "another"}}}
    answer = known.answer(claims=json.dumps(claims), prompt="none")
    assert_refused(answer, known.app, "login_required")


@spec("OIDC-Core-5.5.1.1")
@pytest.mark.parametrize(
    "claims",
    [
        json.dumps({"id_token": {"acr": None}}),
        acr(essential=True),
        acr(essential=True, value=ACR),
        acr(essential=True, values=["phr", ACR]),
        acr(values=["urn:unheard:of"]),
        acr(value="urn:unheard:of", essential=False),
    ],
)
def test_the_acr_is_told_as_it_is_whatever_was_wished_for(known: Visit, claims: str) -> None:
    told = id_token(known, claims=claims, prompt="none")
    assert (told["acr"], told["amr"]) == (ACR, ["pwd"])


@spec("OIDC-Core-5.5.1.1")
@pytest.mark.parametrize("values", ["1 2", "urn:unheard:of", f"phr {ACR}", " ", "x" * 2_000, "1 " * 900])
def test_acr_values_of_an_openid_request_are_a_wish(known: Visit, values: str) -> None:
    assert id_token(known, acr_values=values)["acr"] == ACR


@spec("OIDC-Core-5.5.1.1")
@pytest.mark.parametrize("registered", [("1", "2"), (ACR,), ("urn:unheard:of",)])
def test_registered_acr_values_are_a_wish_as_well(
    caller: Caller, tenant: Tenant, registered: tuple[str, ...]
) -> None:
    app = ClientApp(tenant.public_client(default_acr_values=registered), caller)
    told = app.tokens(Browser(caller), tenant.person())["id_token"]
    assert unverified(told)[1]["acr"] == ACR


@spec("OIDC-Core-2")
@pytest.mark.parametrize(
    ("registered", "changes"),
    [
        ({"require_auth_time": True}, {}),
        ({"default_max_age": 3_600}, {}),
        ({}, {"max_age": "3600"}),
        ({}, {"claims": json.dumps({"id_token": {"auth_time": {"essential": True}}})}),
    ],
)
def test_auth_time_is_there_wherever_it_is_required(
    caller: Caller, tenant: Tenant, *, registered: dict[str, Any], changes: dict[str, str]
) -> None:
    app = ClientApp(tenant.public_client(**registered), caller)
    tokens = app.tokens(Browser(caller), tenant.person(), **changes)
    first = unverified(tokens["id_token"])[1]["auth_time"]
    assert type(first) is int
    again = app.refresh(tokens["refresh_token"]).json["id_token"]
    assert unverified(again)[1]["auth_time"] == first
