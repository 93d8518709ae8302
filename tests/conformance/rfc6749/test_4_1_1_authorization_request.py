"""RFC 6749 sections 3.1.1 and 4.1.1: response_type, and the request of the code grant."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

UNSUPPORTED = [
    "none code",
    "none id_token",
    "id_token id_token",
    "code token token",
    "code  token",
    "id-token",
    "CODE",
    "code code",
    "code ",
]


@spec("RFC6749-3.1.1")
@pytest.mark.parametrize("response_type", UNSUPPORTED)
def test_response_type_that_is_not_served_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], response_type: str
) -> None:
    with nothing_written(stack):
        answer = here.answer(response_type=response_type)
    # OAuth 2.0 Multiple Response Types, section 5: what would answer in the fragment is refused there.
    mode = "fragment" if {"token", "id_token"} & set(response_type.split()) else "query"
    assert_refused(answer, here.app, "unsupported_response_type", mode=mode)
    assert last_log(capsys)["reason"] == "response_type_not_supported"


@spec("RFC6749-3.1.1")
def test_left_out_response_type_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_written(stack):
        assert_refused(here.answer(response_type=None), here.app, "invalid_request")
    assert last_log(capsys)["reason"] == "parameter_missing"


@spec("RFC6749-4.1.1")
@pytest.mark.parametrize(
    "changes",
    [{"response_types": ()}, {"grant_types": ("refresh_token",)}],
    ids=["response_type", "grant_type"],
)
def test_client_not_registered_for_the_code_grant_is_refused(
    caller: Caller,
    tenant: Tenant,
    stack: LocalStack,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, tuple[str, ...]],
) -> None:
    here = visit(caller, tenant, tenant.public_client(**changes))
    with nothing_written(stack):
        assert_refused(here.answer(), here.app, "unauthorized_client")
    assert last_log(capsys)["reason"] == "response_type_not_allowed"


@spec("RFC6749-4.1.1")
@pytest.mark.parametrize("response_mode", ["query.jwt", "jwt", "web_message", "QUERY"])
def test_response_mode_that_is_not_served_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], response_mode: str
) -> None:
    with nothing_written(stack):
        assert_refused(here.answer(response_mode=response_mode), here.app, "invalid_request")
    assert last_log(capsys)["reason"] == "response_mode_not_supported"


@spec("RFC6749-4.1.1")
def test_response_mode_query_is_the_default(here: Visit) -> None:
    members = {"code", "state", "iss", "session_state"}
    assert set(here.answer(response_mode="query").query) == set(here.answer().query) == members


@spec("RFC6749-4.1.1")
def test_request_without_state_gets_none_back(here: Visit) -> None:
    assert set(here.answer(state=None).query) == {"code", "iss", "session_state"}
    assert_refused(
        here.answer(state=None, response_type="nothing"), here.app, "unsupported_response_type", state=None
    )
