"""OpenID Connect Core section 8: people whom clients of two sectors can't put together."""

import json
import time
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.exchange import another, middle
from tests.support.home import COOKIE, Home
from tests.support.http import Caller
from tests.support.opaque import VAULT, told_of, vault
from tests.support.refusal import assert_json_error, assert_refused, last_log
from tests.support.tenant import API, LOGOUT_URI, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import listening

HOST = "one.example"


def before_app(caller: Caller, tenant: Tenant, host: str = HOST, **changes: Any) -> Visit:
    """The same person each time, before an app of pairwise subjects that is returned to on this host."""
    fields = {"subject_type": "pairwise", "redirect_uris": (f"https://{host}/callback",), **changes}
    return visit(caller, tenant, tenant.public_client(**fields))


def tokens(known: Visit, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = known.app.redeem(known.code(**changes)).json
    return found


def sub_of(token: str) -> str:
    sub: str = unverified(token)[1]["sub"]
    return sub


@spec("OIDC-Core-8")
def test_every_token_and_answer_names_the_person_alike_and_by_no_other_name(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    api = ClientApp(tenant.resource_server(API)[1], caller)
    known = before_app(caller, tenant)
    found = tokens(known, scope="openid profile offline_access read", resource=API)
    told = verified(found["id_token"], caller, audience=known.app.client.client_id)["sub"]
    assert told != known.person.sub
    assert known.person.sub not in json.dumps([unverified(one)[1] for one in (found["id_token"],)])
    assert sub_of(found["access_token"]) == told
    userinfo = caller.get("/userinfo", authorization=f"Bearer {found['access_token']}")
    assert userinfo.json["sub"] == told
    assert userinfo.json["name"] == known.person.claims["name"]
    # What operators see is the person.
    assert last_log(capsys)["sub"] == known.person.sub
    assert told_of(api, found["access_token"])["sub"] == told
    assert last_log(capsys)["sub"] == known.person.sub
    again = known.app.refresh(found["refresh_token"]).json
    assert {sub_of(again["access_token"]), sub_of(again["id_token"])} == {told}


@spec("OIDC-Core-17.3")
@spec("OIDC-Core-8.1")
def test_another_sector_has_another_and_the_same_one_has_the_same(caller: Caller, tenant: Tenant) -> None:
    sector = "https://sector.example/uris"
    visits = [
        before_app(caller, tenant),
        before_app(caller, tenant),
        before_app(caller, tenant, "two.example"),
        before_app(caller, tenant, "two.example", sector_identifier_uri=sector),
        before_app(caller, tenant, "three.example", sector_identifier_uri=sector),
        visit(caller, tenant, tenant.public_client()),
    ]
    first, same, other, in_sector, also_in_it, public = (sub_of(tokens(one)["id_token"]) for one in visits)
    assert first == same
    assert in_sector == also_in_it
    assert public == visits[0].person.sub
    assert len({first, other, in_sector, public}) == 4


@spec("OIDC-Core-17.3")
def test_the_session_has_another_name_in_each_sector_too(caller: Caller, tenant: Tenant) -> None:
    """Two apps of one session would else find by its sid that their people are one."""
    apps = [before_app(caller, tenant) for _ in "ab"]
    apps += [before_app(caller, tenant, "two.example"), visit(caller, tenant, tenant.public_client())]
    first = tokens(apps[0])
    renewed = apps[0].app.refresh(first["refresh_token"]).json
    found = [first, renewed, *map(tokens, apps[1:])]
    one, again, same, other, public = (unverified(each["id_token"])[1]["sid"] for each in found)
    assert one == again == same
    assert len({one, other, public}) == 3


@spec("OIDC-Core-8.1")
def test_an_opaque_token_is_told_of_alike(caller: Caller, tenant: Tenant) -> None:
    api, known = vault(caller, tenant), before_app(caller, tenant)
    found = tokens(known, scope="openid read", resource=VAULT)
    known.browser.open("/authorize", known.app.request(scope="openid read", resource=VAULT))
    assert told_of(api, found["access_token"])["sub"] == sub_of(found["id_token"])


@spec("OIDC-Core-3.1.2.1")
def test_a_hint_leads_back_to_the_person(caller: Caller, tenant: Tenant) -> None:
    known = before_app(caller, tenant)
    hint = tokens(known)["id_token"]
    expired = forgery.resign_as_server(caller, hint, iat=int(time.time()) - 900, exp=int(time.time()) - 300)
    for one in (hint, expired):
        assert "code" in known.answer(id_token_hint=one, prompt="none").query


def asked_for(sub: str) -> str:
    return json.dumps({"id_token": {"sub": {"value": sub}}})


@spec("OIDC-Core-5.5.1")
def test_a_client_may_ask_for_whom_it_knows_and_learns_of_no_other_name(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    known, other = before_app(caller, tenant), before_app(caller, tenant, "two.example")
    own = sub_of(tokens(known)["id_token"])
    assert "code" in known.answer(claims=asked_for(own), prompt="none").query
    # Two apps that compare what they know could ask so whether it is the same person.
    for told in (known.person.sub, sub_of(tokens(other)["id_token"]), own[:-2], "p.", "p." + "A" * 72):
        answer = known.answer(claims=asked_for(told), prompt="none")
        assert_refused(answer, known.app, "login_required")
        assert last_log(capsys)["reason"] == "hint_of_another_person"


@spec("OIDC-RPInitiated-2")
def test_its_id_token_ends_the_session_at_once(caller: Caller, tenant: Tenant) -> None:
    browser, person = Browser(caller), tenant.person()
    client = tenant.public_client(
        subject_type="pairwise", redirect_uris=(f"https://{HOST}/",), post_logout_redirect_uris=(LOGOUT_URI,)
    )
    app = ClientApp(client, caller)
    found = app.tokens(browser, person)
    home = Home(app, browser, person, tenant, found, browser.cookies[COOKIE])
    answer = home.sign_out(id_token_hint=home.hint, post_logout_redirect_uri=LOGOUT_URI)
    assert answer.location == LOGOUT_URI
    assert not home.is_signed_in()


@spec("RFC8693-2.1")
def test_an_exchanged_token_names_the_person_as_the_one_who_gets_it_knows_them(
    caller: Caller, tenant: Tenant
) -> None:
    known = before_app(caller, tenant)
    token = tokens(known, scope="openid read", resource=API)["access_token"]
    made = middle(caller, tenant)
    assert sub_of(made.exchange(token).json["access_token"]) == known.person.sub
    private = another(made, subject_type="pairwise", sector_identifier_uri="https://api.example/uris")
    told = sub_of(private.exchange(token).json["access_token"])
    assert told not in {known.person.sub, sub_of(token)}
    # And counts as long as what it was exchanged for.
    known.app.post("/revoke", {"token": token})
    assert_json_error(private.exchange(token), "invalid_request")


@spec("OIDC-Core-8.1")
def test_for_clients_of_public_subjects_nothing_more_is_asked(
    caller: Caller, tenant: Tenant, stack: LocalStack
) -> None:
    before_app(caller, tenant)
    public = visit(caller, tenant, tenant.public_client())
    with listening(stack) as wire:
        found = tokens(public)
        caller.get("/userinfo", authorization=f"Bearer {found['access_token']}")
    assert not [body for _, body in wire.seen if b"pairwise_salt" in body]
