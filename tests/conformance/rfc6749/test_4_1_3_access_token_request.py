"""RFC 6749 section 4.1.3: the access token request of the code grant."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import REDIRECT_URI, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written


@spec("RFC6749-4.1.3")
@pytest.mark.parametrize("code", [None, ""], ids=["left out", "empty"])
def test_request_without_a_code_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], code: str | None
) -> None:
    with nothing_written(stack):
        answer = here.app.token({"grant_type": "authorization_code", "code": code})
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys)["reason"] == "parameter_missing"


@spec("RFC6749-4.1.3")
@pytest.mark.parametrize("name", ["code", "redirect_uri", "code_verifier"])
def test_repeated_parameter_is_refused_and_does_not_burn_the_code(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code = here.code()
    sent = {"code": code, "redirect_uri": here.app.redirect_uri, "code_verifier": here.app.code_verifier}
    with nothing_written(stack):
        answer = here.app.token({"grant_type": "authorization_code", **sent, name: [sent[name], sent[name]]})
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, code, here.app.code_verifier)["reason"] == "parameter_repeated"
    assert here.app.redeem(code).status == 200


@spec("OIDC-Core-3.1.3.2")
@spec("RFC6749-4.1.3")
def test_redirect_uri_that_was_not_sent_before_is_refused(
    here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    code = here.code(redirect_uri=None, scope="read")
    before = here.grant(code)
    assert_json_error(here.app.redeem(code, redirect_uri=REDIRECT_URI), "invalid_grant")
    assert here.grant(code) == before
    assert last_log(capsys, code)["reason"] == "redirect_uri_mismatch"
    assert here.app.redeem(code, redirect_uri=None).status == 200


NEAR = [
    "https://app.example.com/callback?",
    "https://app.example.com/callback#",
    "https://app.example.com/callback ",
    "https://app.example.com/Callback",
    "HTTPS://app.example.com/callback",
    "https://app.example.com:443/callback",
    "https://app.example.com/%63allback",
    "https://app.example.com/./callback",
    "https://app.example.com",
]


@spec("RFC6749-4.1.3")
@pytest.mark.parametrize("redirect_uri", NEAR)
def test_redirect_uri_is_the_same_to_the_character(
    here: Visit, capsys: pytest.CaptureFixture[str], redirect_uri: str
) -> None:
    code = here.code()
    before = here.grant(code)
    assert_json_error(here.app.redeem(code, redirect_uri=redirect_uri), "invalid_grant")
    assert here.grant(code) == before
    assert last_log(capsys, code, here.app.code_verifier)["reason"] == "redirect_uri_mismatch"


@spec("RFC6749-4.1.3")
def test_redirect_uri_is_that_of_the_request_even_if_another_is_registered_too(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    uris = (REDIRECT_URI, "https://app.example.com/other")
    here = visit(caller, tenant, tenant.public_client(redirect_uris=uris))
    code = here.code(redirect_uri=uris[0])
    assert_json_error(here.app.redeem(code, redirect_uri=uris[1]), "invalid_grant")
    assert last_log(capsys, code)["reason"] == "redirect_uri_mismatch"
    assert here.app.redeem(code, redirect_uri=uris[0]).status == 200


@spec("RFC6749-4.1.3")
def test_parameters_in_the_url_do_not_count(here: Visit, stack: LocalStack) -> None:
    code = here.code()
    with nothing_written(stack):
        answer = here.app.post(f"/token?code={code}", {"grant_type": "authorization_code"})
    assert_json_error(answer, "invalid_request")
    assert here.app.redeem(code).status == 200
