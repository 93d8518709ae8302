"""OAuth 2.0 Multiple Response Type Encoding Practices, section 4: response_type=none."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.refusal import answered, assert_refused, last_log
from tests.support.response_types import every_type, every_type_visit
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return every_type_visit(caller, tenant)


@spec("OAuth-MultipleResponseTypes-4")
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_nothing_comes_but_state_and_iss_and_nothing_is_written(
    here: Visit, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    capsys.readouterr()
    with unchanged():
        answer = here.answer(response_type="none", response_mode=mode)
    given = answered(answer, here.app, mode=mode)
    assert set(given) - {"session_state"} == {"state", "iss"}
    assert (given["state"], given["iss"]) == ("a state", here.app.caller.issuer)
    line = last_log(capsys)
    assert (line["outcome"], line["kms_calls"], "grant_id" in line) == ("none", 0, False)


@spec("OAuth-MultipleResponseTypes-4")
def test_the_query_is_the_default(here: Visit) -> None:
    assert answered(here.answer(response_type="none"), here.app, mode="query")["state"] == "a state"


@spec("OAuth-MultipleResponseTypes-4")
def test_the_person_signs_in_and_consents_as_for_anything(caller: Caller, tenant: Tenant) -> None:
    app, browser = ClientApp(every_type(tenant), caller), Browser(caller)
    request = app.request(response_type="none", nonce=None, code_challenge=None, code_challenge_method=None)
    assert "error" not in browser.authorize(tenant.person(), request).query
    # What they allowed is remembered: the code is one request away.
    silent = browser.open("/authorize", app.request(prompt="none", scope="openid profile email"))
    assert "code" in silent.query
    stranger = Browser(caller).open("/authorize", {**request, "prompt": "none"})
    assert_refused(stranger, app, "login_required")


@spec("OAuth-MultipleResponseTypes-4")
def test_the_answer_may_be_had_again(caller: Caller, tenant: Tenant, here: Visit) -> None:
    here.app = ClientApp(every_type(tenant), caller)
    here.browser.open("/authorize", here.app.request(response_type="none"))
    first = here.browser.consent()
    assert here.browser.open(here.browser.url).query["state"] == first.query["state"]


@spec("OAuth-MultipleResponseTypes-4")
def test_it_is_for_who_is_registered_for_it(caller: Caller, tenant: Tenant, here: Visit) -> None:
    here.app = ClientApp(every_type(tenant, response_types=("code",)), caller)
    with unchanged():
        assert_refused(here.answer(response_type="none"), here.app, "unauthorized_client")


@spec("OAuth-MultipleResponseTypes-4")
def test_it_is_no_matter_of_the_implicit_grant(here: Visit) -> None:
    with changed_environment(IMPLICIT_GRANT="off"):
        assert "error" not in here.answer(response_type="none").query


@spec("OAuth-MultipleResponseTypes-4")
@pytest.mark.parametrize("response_type", ["none code", "none token", "id_token none", "none none"])
def test_it_goes_with_nothing_else(here: Visit, response_type: str) -> None:
    answer = here.answer(response_type=response_type)
    mode = "fragment" if {"token", "id_token"} & set(response_type.split()) else "query"
    assert_refused(answer, here.app, "unsupported_response_type", mode=mode)


@spec("OAuth-MultipleResponseTypes-4")
def test_a_code_challenge_is_neither_needed_nor_harmful(here: Visit) -> None:
    without = here.answer(response_type="none", code_challenge=None, code_challenge_method=None)
    assert "error" not in without.query
    refused = here.answer(response_type="none", code_challenge_method="plain")
    assert_refused(refused, here.app, "invalid_request")
