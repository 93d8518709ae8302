"""RFC 9207 section 2: every authorization response, an error too, says who it is from."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

WRONG: dict[str, dict[str, str | list[str]]] = {
    "invalid_scope": {"scope": "openid\\"},
    "unsupported_response_type": {"response_type": "nothing"},
    "invalid_request": {"state": ["a", "b"]},
    "invalid_target": {"resource": "https://nowhere.example/"},
    "invalid_request_object": {"request": "x.y.z"},
}


def assert_from(answer: Answer, issuer: str) -> None:
    # `query` holds that no parameter is there twice.
    assert answer.query["iss"] == issuer
    assert answer.status == 303


@spec("RFC9207-2")
def test_code_comes_with_iss(here: Visit) -> None:
    assert_from(here.answer(), here.app.caller.issuer)


@spec("RFC9207-2")
@pytest.mark.parametrize("error", WRONG)
def test_error_comes_with_iss(here: Visit, error: str) -> None:
    answer = here.answer(**WRONG[error])
    assert answer.query["error"] == error
    assert_from(answer, here.app.caller.issuer)


@spec("RFC9207-2")
def test_silent_request_that_needs_a_person_is_answered_with_iss(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.public_client(), caller)
    answer = Browser(caller).open("/authorize", app.request(prompt="none"))
    assert answer.query["error"] == "login_required"
    assert_from(answer, caller.issuer)


@spec("RFC9207-2")
def test_what_a_person_decides_on_a_page_is_answered_with_iss(here: Visit) -> None:
    app, issuer = ClientApp(here.tenant.public_client(), here.app.caller), here.app.caller.issuer
    here.browser.open("/authorize", app.request())
    assert_from(here.browser.consent("deny"), issuer)
    here.browser.open("/authorize", app.request())
    assert_from(here.browser.consent(), issuer)
    stranger = Browser(here.app.caller)
    stranger.open("/authorize", app.request())
    assert_from(stranger.fill(("action", "cancel")), issuer)


@spec("RFC9207-2")
def test_iss_of_the_request_does_not_count(here: Visit) -> None:
    assert_from(here.answer(iss="https://evil.example"), here.app.caller.issuer)


@spec("RFC9207-2.3")
@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
def test_metadata_say_so_and_name_the_same_issuer(caller: Caller, here: Visit, name: str) -> None:
    document = caller.get(f"/.well-known/{name}").json
    assert document["authorization_response_iss_parameter_supported"] is True
    assert here.answer().query["iss"] == document["issuer"]
