"""What a person and an app do, as the audit trail has it: from the log lines to the stack's event bus."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.log_lines import assert_line
from tests.support.refusal import last_log
from tests.support.security_events import assert_valid
from tests.support.subscription import call_with
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec

Log = pytest.CaptureFixture[str]


def told(stack: LocalStack, written: str) -> list[dict[str, Any]]:
    """The events that reach the bus from these lines, as the subscription's filter picks them."""
    lines = [line for line in written.splitlines() if line.startswith("{")]
    picked = [line for line in lines if assert_line(line).get("audit", {}).get("id")]
    stack.event_bus.take()
    for start in range(0, len(picked), 4):
        stack.invoke("audit", call_with(picked[start : start + 4]))
    events = [entry["Detail"] for entry in stack.event_bus.take()]
    for event in events:
        assert_valid(event)
    return events


@spec("OIDC-Core-17.2")
def test_the_trail_of_a_sign_in_and_its_tokens_and_no_secret_in_it(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    person, app = tenant.person(), ClientApp(tenant.client(), caller)
    browser, guess = Browser(caller), "a wrong password that was typed"
    capsys.readouterr()
    browser.open("/authorize", app.request(scope="openid offline_access"))
    assert browser.page
    (form, *_) = forms(browser.page.body)
    browser.sign_in(person, password=guess)
    browser.sign_in(person)
    code = browser.consent().query["code"]
    first = app.redeem(code).json
    second = app.refresh(first["refresh_token"]).json
    assert app.redeem(code).status == 400
    assert app.post("/revoke", {"token": second["access_token"]}).status == 200
    assert caller.post("/token", {"grant_type": "client_credentials"}, auth=("a", "b")).status == 401
    session = dict(browser.cookies)
    browser.open("/end_session", {"id_token_hint": first["id_token"]})
    written = capsys.readouterr().out

    events = told(stack, written)
    assert [event["type"] for event in events] == [
        "login_failed",
        "login_succeeded",
        "consent_given",
        "token_issued",
        "token_refreshed",
        "reuse_detected",
        "token_revoked",
        "token_refused",
        "logout",
    ]
    by_type = {event["type"]: event for event in events}
    client_id, grant_id = app.client.client_id, code.partition(".")[0]
    unknown, ours = {"kind": "unknown"}, {"kind": "person", "id": person.sub}
    assert by_type["login_failed"]["actor"] == by_type["token_refused"]["actor"] == unknown
    assert by_type["login_failed"]["reason"] == "password_wrong"
    assert by_type["login_succeeded"]["actor"] == by_type["consent_given"]["actor"] == ours
    for name in ("token_issued", "token_refreshed", "reuse_detected", "token_revoked"):
        event = by_type[name]
        assert event["actor"] == {"kind": "client", "id": client_id}
        assert (event["client_id"], event["sub"], event["grant_id"]) == (client_id, person.sub, grant_id)
    assert {event["issuer"] for event in events} == {stack.issuer}
    assert all(event["source_ip"] for event in events)

    secrets = [
        person.login,
        person.password,
        guess,
        SECRET,
        app.code_verifier,
        *(part for text in (code, first["refresh_token"]) for part in text.split(".")[1:] if len(part) > 9),
        *(token for tokens in (first, second) for token in tokens.values() if len(str(token)) > 60),
        *(value for value in form.fields.values() if len(value) > 20),
        *(value.rpartition(".")[2] for value in session.values()),
    ]
    assert len(secrets) > 12
    for secret in secrets:
        assert secret not in written


def test_a_person_who_refuses_is_an_event(
    stack: LocalStack, browser: Browser, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    person, app = tenant.person(), ClientApp(tenant.public_client(), caller)
    browser.open("/authorize", app.request())
    browser.sign_in(person)
    capsys.readouterr()
    browser.consent("deny")
    (event,) = told(stack, capsys.readouterr().out)
    assert (event["type"], event["reason"]) == ("consent_refused", "consent_refused")
    assert event["actor"] == {"kind": "person", "id": person.sub}


def test_a_failed_sign_in_is_not_told_of_whoever_was_signed_in_before(
    browser: Browser, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    person, app = tenant.person(), ClientApp(tenant.public_client(), caller)
    browser.authorize(person, app.request())
    browser.open("/authorize", app.request(prompt="login"))
    capsys.readouterr()
    browser.fill(("action", "sign_in"), login="nobody@example.com", password="a wrong password")
    line = last_log(capsys)
    assert (line["reason"], "sub" in line, "sub" in line["audit"]) == ("login_unknown", False, False)


def test_a_token_that_is_nobodys_is_not_told_to_be_revoked(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    app = ClientApp(tenant.client(), caller)
    capsys.readouterr()
    for token in ("nothing", "A" * 22 + ".1." + "A" * 43 + "." + "A" * 43, "A" * 22 + ".1." + "A" * 65):
        assert app.post("/revoke", {"token": token}).status == 200
    assert told(stack, capsys.readouterr().out) == []


def test_what_anybody_calls_themselves_or_asks_for_is_not_written_down(
    caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    """A secret may stand where a name belongs: people paste them into the wrong field."""
    app, pasted = ClientApp(tenant.public_client(), caller), "a-secret-pasted-into-another-field"
    capsys.readouterr()
    for fields in (
        {"grant_type": pasted},
        {"grant_type": "refresh_token", "refresh_token": pasted, "scope": pasted},
        {"grant_type": "authorization_code", "code": pasted, "code_verifier": pasted, "redirect_uri": pasted},
        {"grant_type": "client_credentials", "client_id": pasted},
        {"grant_type": "client_credentials", "resource": pasted},
    ):
        assert app.token(fields).status >= 400
    assert caller.post("/token", {"grant_type": "client_credentials"}, auth=(pasted, pasted)).status == 401
    assert caller.get(f"/authorize?client_id={pasted}&redirect_uri={pasted}").status == 400
    assert caller.get(f"/end_session?client_id={pasted}&id_token_hint={pasted}&state={pasted}").status < 500
    assert caller.post("/introspect", {"token": pasted}, auth=(pasted, pasted)).status == 401
    written = capsys.readouterr().out
    assert len(written.splitlines()) == 9
    assert pasted not in written
