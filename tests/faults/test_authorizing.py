"""A person on their way to an app and the faults of the stores: nothing they did is lost."""

import re
from html import unescape

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.client_key import assertion_claims, client_key, key_client, present
from tests.support.faults import Aws, Kind
from tests.support.http import Caller
from tests.support.refusal import answered, assert_json_error, assert_page
from tests.support.response_types import every_type_visit
from tests.support.tenant import Person, Tenant
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

TRIES = 3


@pytest.fixture
def here(aws: Aws, caller: Caller, tenant: Tenant) -> Visit:
    del aws
    return visit(caller, tenant)


@pytest.fixture
def newcomer(aws: Aws, tenant: Tenant) -> Person:
    del aws
    return tenant.person()


@pytest.mark.parametrize("kind", ["throttled", "lost", "torn"])
def test_one_fault_while_a_grant_is_made_is_not_noticed(aws: Aws, here: Visit, kind: Kind) -> None:
    """A try whose answer was lost wrote the grant: the next one finds it, and takes it for its own."""
    with aws.dynamodb.failing(kind, "PutItem", times=1) as fault:
        code = here.code()
    assert fault.left == 0
    assert here.app.redeem(code).status == 200


def test_after_all_tries_failed_reloading_gives_a_code(aws: Aws, here: Visit) -> None:
    with aws.dynamodb.failing("lost", "PutItem", times=TRIES):
        answer = here.answer()
    assert_page(answer, status=503)
    assert answer.headers["retry-after"] == "2"
    assert here.app.redeem(here.code()).status == 200


def test_a_lost_answer_at_the_end_of_a_sign_in_is_not_noticed(
    aws: Aws, caller: Caller, tenant: Tenant, newcomer: Person
) -> None:
    """An interaction makes one grant; the second try finds it, and it is its own."""
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    browser.open("/authorize", app.request())
    browser.sign_in(newcomer)
    with aws.dynamodb.failing("lost", "PutItem", times=1, table="Grants") as fault:
        answer = browser.consent()
    assert fault.left == 0
    assert app.redeem(answer.query["code"]).status == 200


def test_where_every_answer_at_the_end_was_lost_the_page_leads_on(
    aws: Aws, caller: Caller, tenant: Tenant, newcomer: Person
) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    browser.open("/authorize", app.request())
    browser.sign_in(newcomer)
    with aws.dynamodb.failing("lost", "PutItem", times=TRIES, table="Grants"):
        answer = browser.consent()
    assert_page(answer, status=503)
    # Its one grant was made, for a code nobody has: reloading says so, and begins the same request again.
    again = browser.open(browser.url)
    assert again.status == 400
    link = re.search(r'href="(/authorize\?[^"]+)"', again.body)
    assert link is not None
    assert app.redeem(browser.open(unescape(link[1])).query["code"]).status == 200


def test_one_lost_answer_at_each_step_of_a_sign_in_is_not_noticed(
    aws: Aws, caller: Caller, tenant: Tenant, newcomer: Person
) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    with aws.dynamodb.failing("lost", "PutItem", times=1):
        browser.open("/authorize", app.request())
    assert browser.at("/login")
    with aws.dynamodb.failing("lost", "PutItem", times=1):
        browser.sign_in(newcomer)
    assert browser.at("/consent")
    with aws.dynamodb.failing("lost", "PutItem", times=1):
        answer = browser.consent()
    assert app.redeem(answer.query["code"]).status == 200


def test_a_sign_in_that_failed_can_be_sent_again(
    aws: Aws, caller: Caller, tenant: Tenant, newcomer: Person
) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    browser.open("/authorize", app.request())
    login = browser.page
    with aws.dynamodb.failing("throttled", "PutItem", times=TRIES):
        answer = browser.sign_in(newcomer)
    assert_page(answer, status=503)
    # Back, and the form once more.
    browser.page = login
    browser.sign_in(newcomer)
    assert browser.at("/consent")
    assert app.redeem(browser.consent().query["code"]).status == 200


def test_a_consent_that_failed_can_be_given_again(
    aws: Aws, caller: Caller, tenant: Tenant, newcomer: Person
) -> None:
    app, browser = ClientApp(tenant.public_client(), caller), Browser(caller)
    browser.open("/authorize", app.request())
    browser.sign_in(newcomer)
    asked = browser.page
    with aws.dynamodb.failing("throttled", "PutItem", times=TRIES):
        answer = browser.consent()
    assert_page(answer, status=503)
    browser.page = asked
    assert app.redeem(browser.consent().query["code"]).status == 200


def test_one_lost_answer_does_not_make_an_assertion_a_replay(
    aws: Aws, caller: Caller, tenant: Tenant
) -> None:
    key = client_key()
    client = key_client(tenant, key.jwk())
    assertion = key.sign(assertion_claims(caller, client))
    with aws.dynamodb.failing("lost", "PutItem", times=1) as fault:
        assert present(caller, assertion).status == 200
    assert fault.left == 0
    assert_json_error(present(caller, assertion), "invalid_client", status=401)


def test_after_all_tries_failed_a_new_assertion_works(aws: Aws, caller: Caller, tenant: Tenant) -> None:
    key = client_key()
    client = key_client(tenant, key.jwk())
    with aws.dynamodb.failing("throttled", "PutItem", times=TRIES):
        answer = present(caller, key.sign(assertion_claims(caller, client)))
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert present(caller, key.sign(assertion_claims(caller, client))).status == 200


def test_a_revocation_that_failed_can_be_sent_again(aws: Aws, here: Visit) -> None:
    refresh_token = here.app.redeem(here.code(scope="openid read offline_access")).json["refresh_token"]
    with aws.dynamodb.failing("lost", "UpdateItem", times=TRIES):
        answer = here.app.post("/revoke", {"token": refresh_token})
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert here.app.post("/revoke", {"token": refresh_token}).status == 200
    assert_json_error(here.app.refresh(refresh_token), "invalid_grant")


@pytest.mark.parametrize("response_type", ["id_token", "code id_token", "code id_token token"])
@pytest.mark.parametrize("mode", ["fragment", "form_post"])
def test_where_nothing_can_be_signed_nothing_is_written_and_reloading_answers(
    aws: Aws, caller: Caller, tenant: Tenant, response_type: str, mode: str
) -> None:
    """A fault of ours is for the person, who reloads: the app would not know what to do with it."""
    here = every_type_visit(caller, tenant)
    asked = {"response_type": response_type, "response_mode": mode}
    with aws.kms.failing("throttled", "Sign", times=TRIES), unchanged():
        answer = here.answer(**asked)
    assert_page(answer, status=503)
    assert "id_token" in answered(here.answer(**asked), here.app, mode=mode)
