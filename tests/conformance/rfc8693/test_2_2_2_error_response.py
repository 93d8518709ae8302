"""RFC 8693 section 2.2.2: what is not exchanged, with the error, and that nothing was written."""

from typing import Any

import pytest

from chalicelib.protocol.supported import TOKEN_EXCHANGE
from infra.local.stack import LocalStack
from tests.support.exchange import (
    ACCESS_TOKEN,
    ID_JAG,
    ID_TOKEN,
    JWT,
    PAYROLL,
    REFRESH_TOKEN,
    TOKEN_TYPE,
    Middle,
)
from tests.support.forged_tokens import FORGED
from tests.support.forgery import resign_as_server
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

MALFORMED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no subject_token": ({"subject_token": None}, "invalid_request", "parameter_missing"),
    "no subject_token_type": ({"subject_token_type": None}, "invalid_request", "parameter_missing"),
    "two subject tokens": ({"subject_token": ["a", "b"]}, "invalid_request", "parameter_repeated"),
    "two grant types": ({"grant_type": [TOKEN_EXCHANGE] * 2}, "invalid_request", "parameter_repeated"),
    "an unknown type": ({"subject_token_type": "urn:x"}, "invalid_request", "subject_token_type"),
    "a type without its beginning": (
        {"subject_token_type": "access_token"}, "invalid_request", "subject_token_type",
    ),
    "SAML": ({"subject_token_type": TOKEN_TYPE + "saml2"}, "invalid_request", "subject_token_type"),
    "an ID token for an access token": (
        {"subject_token_type": ID_TOKEN}, "invalid_request", "subject_token_type",
    ),
    "an access token for an identity grant": (
        {"requested_token_type": ID_JAG}, "invalid_request", "subject_token_type",
    ),
    "a refresh token is asked for": (
        {"requested_token_type": REFRESH_TOKEN}, "invalid_request", "requested_token_type",
    ),
    "an ID token is asked for": (
        {"requested_token_type": ID_TOKEN}, "invalid_request", "requested_token_type",
    ),
    "something else is asked for": (
        {"requested_token_type": "id-jag"}, "invalid_request", "requested_token_type",
    ),
    "an actor type without a token": (
        {"actor_token_type": ACCESS_TOKEN}, "invalid_request", "actor_token_type",
    ),
    "an actor token without a type": ({"actor_token": "a"}, "invalid_request", "actor_token_type"),
    "a refresh token as actor": (
        {"actor_token": "a", "actor_token_type": REFRESH_TOKEN}, "invalid_request", "actor_token_type",
    ),
    "no JWT": ({"subject_token": "garbage"}, "invalid_request", "token_malformed"),
    "a refresh token that is none": (
        {"subject_token": "garbage", "subject_token_type": REFRESH_TOKEN},
        "invalid_request", "refresh_token_malformed",
    ),
    "a JWT that is none": (
        {"subject_token": "garbage", "subject_token_type": JWT}, "invalid_request", "assertion_malformed",
    ),
    "a token under another type's name": (
        {"subject_token_type": JWT}, "invalid_request", "assertion_issuer",
    ),
    "a malformed target": ({"resource": "payroll"}, "invalid_target", "resource_malformed"),
    "an unknown target": ({"resource": "https://nobody.example/"}, "invalid_target", "resource_unknown"),
    "a malformed audience": (
        {"resource": None, "audience": "payroll"}, "invalid_target", "resource_malformed",
    ),
    "a target nobody allowed": ({"resource": OTHER_API}, "invalid_target", "resource_not_exchangeable"),
    "one allowed and one not": (
        {"resource": [PAYROLL, OTHER_API]}, "invalid_target", "resource_not_exchangeable",
    ),
    "one allowed as resource, one not as audience": (
        {"audience": [OTHER_API]}, "invalid_target", "resource_not_exchangeable",
    ),
    "the API itself": ({"resource": API}, "invalid_target", "resource_not_exchangeable"),
    "no target, so the tenant's own": ({"resource": None}, "invalid_target", "resource_not_exchangeable"),
    "the server itself": ({"resource": "{issuer}"}, "invalid_target", "resource_not_exchangeable"),
    "too many targets": (
        {"resource": [f"https://{number}.example/" for number in range(11)]},
        "invalid_target", "resource_too_many",
    ),
    "scope that nothing carries": ({"scope": "pay:write"}, "invalid_scope", "scope_wider"),
    "one carried and one not": ({"scope": "pay:read pay:write"}, "invalid_scope", "scope_wider"),
    "scope of the token itself": ({"scope": "read"}, "invalid_scope", "scope_unknown"),
    "openid": ({"scope": "openid"}, "invalid_scope", "scope_unknown"),
    "offline_access": ({"scope": "pay:read offline_access"}, "invalid_scope", "scope_unknown"),
    "malformed scope": ({"scope": 'pay"read'}, "invalid_scope", "scope_malformed"),
}  # fmt: skip


def assert_refused(
    answer: Answer, capsys: pytest.CaptureFixture[str], error: str, reason: str, *secrets: str
) -> None:
    assert_json_error(answer, error)
    assert last_log(capsys, SECRET, *secrets)["reason"] == reason


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize("case", MALFORMED)
def test_a_request_that_can_not_be_is_refused(
    *, api: Middle, stack: LocalStack, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = MALFORMED[case]
    if changes.get("resource") == "{issuer}":
        changes = {"resource": api.api.caller.issuer}
        tenant.resource_server(**changes)  # even where it is one
    token = api.token()
    capsys.readouterr()
    with nothing_written(stack):
        answer = api.exchange(token, **changes)
    assert_refused(answer, capsys, error, reason, token)


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize("case", FORGED)
def test_a_forged_subject_token_is_refused(
    *, caller: Caller, api: Middle, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    forged = FORGED[case](caller, api.token())
    capsys.readouterr()
    with nothing_written(stack):
        answer = api.exchange(forged)
    assert_refused(answer, capsys, "invalid_request", "token_malformed")


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"exp": 1}, "token_expired"),
    "another tenant's": ({"iss": "https://other.example"}, "token_malformed"),
    "another person's grant": ({"sub": "somebody"}, "token_revoked"),
    "said to be granted to another": ({"granted_to": "client-0"}, "token_revoked"),
    "of a client nobody has": ({"client_id": "nobody"}, "token_revoked"),
    "may be used by another alone": ({"may_act": {"sub": "another"}}, "may_act_another"),
    "may be used by nobody": ({"may_act": {}}, "may_act_another"),
    "may be used by what is no object": ({"may_act": "another"}, "may_act_another"),
    "an act that is no object": ({"act": "x"}, "act_malformed"),
    "an act without a name": ({"act": {"act": {"sub": "a"}}}, "act_malformed"),
    "an act deep inside without a name": ({"act": {"sub": "a", "act": {"sub": ""}}}, "act_malformed"),
    "an act by an issuer that is no name": ({"act": {"sub": "a", "iss": 1}}, "act_malformed"),
}


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize("case", CLAIMS)
def test_a_token_that_says_something_else_is_refused(
    *, caller: Caller, api: Middle, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = CLAIMS[case]
    token = resign_as_server(caller, api.token(), **changes)
    capsys.readouterr()
    with nothing_written(stack):
        answer = api.exchange(token)
    assert_refused(answer, capsys, "invalid_request", reason, token)
