"""Signing in: one answer for every failure, and nothing kept that could be used again."""

import json
import sys
from types import FrameType
from typing import Any

import pytest

from chalicelib.accounts.password import (
    UNKNOWN_USER_HASH,
    PasswordCredential,
    hash_password,
    hash_to_verify,
    needs_rehash,
    verify_password,
)
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import PASSWORD, Tenant
from tests.support.traceability import spec
from tests.support.wire import listening, nothing_written

Log = pytest.CaptureFixture[str]
OF_THE_GATEWAY = {"apigw-requestid", "date"}


def told(answer: Answer, login: str) -> tuple[object, ...]:
    """An answer without what differs between two pages anyway: the name typed, the form's own tokens."""
    body = answer.body.replace(login, "LOGIN")
    for form in forms(answer.body):
        for name in ("interaction", "csrf"):
            body = body.replace(form.fields[name], name)
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_GATEWAY}
    return answer.status, headers, answer.cookies, body


@spec("RFC9700-2.5")
def test_wrong_password_and_unknown_person_get_the_same_answer(
    at_login: Browser, tenant: Tenant, capsys: Log
) -> None:
    person = tenant.person()
    unknown = person.login.replace("ada", "eve")
    typed = "a wrong password that was typed"
    wrong = told(at_login.fill(("action", "sign_in"), login=person.login, password=typed), person.login)
    # The log is the operators', and tells which account it was; whoever asks learns nothing.
    line = last_log(capsys, typed, person.login)
    assert (line["reason"], line["sub"]) == ("password_wrong", person.sub)
    missing = told(at_login.fill(("action", "sign_in"), login=unknown, password=typed), unknown)
    assert wrong == missing
    assert wrong[0] == 400
    line = last_log(capsys, typed, unknown)
    assert (line["reason"], "sub" in line) == ("login_unknown", False)
    assert "The email or password is not right." in str(wrong[3])


def test_an_unknown_person_costs_the_same_work() -> None:
    password_hash = hash_password(PASSWORD, salt=b"a salt for tests")
    credential = PasswordCredential(login="ada", sub="ada", password_hash=password_hash)
    stand_in = PasswordCredential(login="", sub="", password_hash=UNKNOWN_USER_HASH)
    assert not needs_rehash(stand_in), "the stand-in's hash has other parameters than new ones"
    assert hash_checks(PASSWORD, credential) == (True, 1)
    assert hash_checks("a wrong password", credential) == (False, 1)
    assert hash_checks(PASSWORD, None) == (False, 1)
    assert hash_checks("p" * 10_000, credential) == (False, 1)
    without = PasswordCredential(login="ada", sub="ada", password_hash="")
    assert hash_checks(PASSWORD, without) == (False, 1)
    assert hash_to_verify(without) == hash_to_verify(None) == UNKNOWN_USER_HASH


def hash_checks(password: str, credential: PasswordCredential | None) -> tuple[bool, int]:
    """Whether the password is right, and how many hashes were computed to find out."""
    calls: list[str] = []

    def profile(_frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            calls.append(argument.__name__)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        right = verify_password(password, credential)
    finally:
        sys.setprofile(before)
    return right, calls.count("verify_phc_encoded")


def test_an_unknown_persons_hash_is_no_password() -> None:
    for guess in ("", "password", "correct horse battery staple", PASSWORD):
        assert not verify_password(guess, None)


@pytest.mark.parametrize("typed", ["  {login}\t", "{upper}", "\N{FULLWIDTH LATIN SMALL LETTER A}{rest}"])
def test_a_login_name_is_found_however_it_is_typed(at_login: Browser, tenant: Tenant, typed: str) -> None:
    login = (person := tenant.person()).login
    name = typed.format(login=login, upper=login.upper(), rest=login[1:])
    at_login.fill(("action", "sign_in"), login=name, password=person.password)
    assert at_login.at("/consent")


@pytest.mark.parametrize(
    ("login", "password"),
    [("", PASSWORD), (" ", PASSWORD), ("ada@example.com", ""), ("a" * 255, PASSWORD), ("\ufdfa" * 100, "p")],
    ids=["no login", "a blank login", "no password", "a login too long", "a login that grows too long"],
)
def test_what_no_account_can_have_is_refused_alike_and_counts_nothing(
    stack: LocalStack, at_login: Browser, login: str, password: str
) -> None:
    with nothing_written(stack):
        answer = at_login.fill(("action", "sign_in"), login=login, password=password)
    assert (answer.status, answer.cookies) == (400, ())
    assert "The email or password is not right." in answer.body


@pytest.mark.parametrize("password", ["p" * 257, "p" * 20_000], ids=["just too long", "far too long"])
def test_a_password_too_long_is_wrong(at_login: Browser, tenant: Tenant, password: str) -> None:
    answer = at_login.sign_in(tenant.person(), password=password)
    assert (answer.status, answer.cookies) == (400, ())


def test_only_the_whole_password_is_right(at_login: Browser, tenant: Tenant) -> None:
    person = tenant.person(password="p" * 255 + "q")
    for wrong in ("p" * 255, "p" * 256, "p" * 255 + "qr"):
        assert at_login.sign_in(person, password=wrong).status == 400
    at_login.sign_in(person)
    assert at_login.at("/consent")


def test_a_password_typed_on_another_keyboard_is_the_same(at_login: Browser, tenant: Tenant) -> None:
    person = tenant.person(password="cafe\u0301 au lait, deux fois")
    at_login.sign_in(person, password="caf\u00e9 au lait, deux fois")
    assert at_login.at("/consent")


def test_a_disabled_person_does_not_sign_in_and_only_the_password_tells(
    at_login: Browser, tenant: Tenant
) -> None:
    person = tenant.person()
    tenant.disable(person)
    wrong = at_login.sign_in(person, password="a wrong password")
    assert (wrong.status, "not active" in wrong.body) == (400, False)
    right = at_login.sign_in(person)
    assert (right.status, "not active" in right.body, right.cookies) == (403, True, ())


def test_a_disabled_persons_session_counts_no_more(at_login: Browser, tenant: Tenant, app: ClientApp) -> None:
    person = tenant.person()
    at_login.sign_in(person)
    at_login.consent()
    tenant.disable(person)
    assert at_login.open("/authorize", app.request(prompt="none")).query["error"] == "login_required"


@spec("OIDC-Core-3.1.2.6")
def test_cancelling_tells_the_client(
    stack: LocalStack, at_login: Browser, app: ClientApp, capsys: Log
) -> None:
    with nothing_written(stack):
        answer = at_login.fill(("action", "cancel"))
    assert_refused(answer, app, "access_denied")
    assert last_log(capsys)["reason"] == "login_cancelled"


def test_a_parameter_given_twice_is_refused(stack: LocalStack, at_login: Browser, tenant: Tenant) -> None:
    person = tenant.person()
    assert at_login.page is not None
    fields = forms(at_login.page.body)[0].fields
    with nothing_written(stack):
        answer = at_login.submit(
            "/login", {**fields, "login": [person.login, "other"], "password": person.password}
        )
    assert answer.status == 400


def test_of_a_whole_sign_in_no_secret_is_stored_or_logged(
    stack: LocalStack, browser: Browser, app: ClientApp, tenant: Tenant, capsys: Log
) -> None:
    person = tenant.person(password="a password only this test knows")
    with listening(stack) as wire:
        tokens = app.tokens(browser, person)
        refreshed = app.refresh(tokens["refresh_token"]).json
    stored = b"\n".join(body for _, body in wire.seen).decode()
    assert json.dumps(person.sub) in stored, "the wire was not heard"
    secrets = {
        "password": person.password,
        "session": browser.cookies["keyturn_session"].partition(".")[2],
        "browser": browser.cookies["keyturn_browser"],
        "access token": tokens["access_token"],
        "ID token": tokens["id_token"],
        "refresh token": tokens["refresh_token"].rpartition(".")[2],
        "next refresh token": refreshed["refresh_token"].rpartition(".")[2],
    }
    assert [name for name, secret in secrets.items() if secret in stored] == []
    logged = capsys.readouterr().out
    assert [name for name, secret in secrets.items() if secret in logged] == []
    assert person.login not in logged
