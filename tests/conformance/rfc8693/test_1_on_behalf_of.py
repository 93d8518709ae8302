"""RFC 8693 section 1 in Entra's form: jwt-bearer with requested_token_use=on_behalf_of, the same rule."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.exchange import PAYROLL, Middle
from tests.support.forged_tokens import FORGED
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import OTHER_API, SECRET
from tests.support.traceability import spec
from tests.support.wire import nothing_written

ASKED: dict[str, dict[str, Any]] = {
    "all of an API": {"scope": PAYROLL + ".default"},
    "all of it, by the doubled slash": {"scope": PAYROLL + "/.default"},
    "a scope of an API": {"scope": PAYROLL + "pay:read"},
    "with what libraries add": {"scope": f"openid profile offline_access {PAYROLL}pay:read"},
    "by resource, as the older form does": {"scope": None, "resource": PAYROLL},
    "by resource and scope": {"scope": "openid pay:read", "resource": PAYROLL},
    "by resource and openid alone": {"scope": "openid", "resource": PAYROLL},
}


@spec("RFC8693-1")
@pytest.mark.parametrize("case", ASKED)
def test_both_forms_bring_the_same_token(api: Middle, case: str) -> None:
    token = api.token()
    answer = api.on_behalf_of(token, **ASKED[case])
    assert answer.status == 200, answer.body
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "scope"}
    by_exchange = unverified(api.exchange(token).json["access_token"])[1]
    claims = unverified(answer.json["access_token"])[1]
    for name in ("jti", "iat", "exp"):
        claims.pop(name), by_exchange.pop(name)
    assert claims == by_exchange


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "another use": ({"requested_token_use": "logon_cert"}, "invalid_request", "parameter_not_supported"),
    "no assertion": ({"assertion": None}, "invalid_request", "parameter_missing"),
    "without saying so": ({"requested_token_use": None}, "invalid_grant", "assertion_issuer"),
    "no JWT": ({"assertion": "garbage"}, "invalid_grant", "token_malformed"),
    "a scope nothing carries": ({"scope": PAYROLL + "pay:write"}, "invalid_scope", "scope_wider"),
    "the scope of the token": ({"scope": PAYROLL + "read"}, "invalid_scope", "scope_unknown"),
    "an API the client's record does not name": (
        {"scope": None, "resource": OTHER_API}, "invalid_target", "resource_not_exchangeable",
    ),
    "the same by its scope": (
        {"scope": OTHER_API + ".default"}, "invalid_target", "resource_not_exchangeable",
    ),
    "no API": ({"scope": None}, "invalid_target", "resource_not_exchangeable"),
}  # fmt: skip


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize("case", REFUSED)
def test_what_the_rule_refuses_is_refused_in_this_form(
    api: Middle, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = REFUSED[case]
    token = api.token()
    capsys.readouterr()
    with nothing_written(stack):
        answer = api.on_behalf_of(token, **changes)
    assert_json_error(answer, error)
    assert last_log(capsys, token, SECRET)["reason"] == reason


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize("case", FORGED)
def test_a_forged_assertion_is_refused(
    *, caller: Caller, api: Middle, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    forged = FORGED[case](caller, api.token())
    capsys.readouterr()
    with nothing_written(stack):
        answer = api.on_behalf_of(forged)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys)["reason"] == "token_malformed"
