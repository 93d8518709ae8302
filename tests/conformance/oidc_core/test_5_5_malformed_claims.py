"""OpenID Connect Core section 5.5: what is no claims parameter is said, and nothing comes of it."""

import json

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

MALFORMED: dict[str, str] = {
    "no JSON": "userinfo",
    "a list": "[]",
    "a text": '"userinfo"',
    "null": "null",
    "userinfo a list": '{"userinfo": []}',
    "userinfo null": '{"userinfo": null}',
    "id_token a text": '{"id_token": "name"}',
    "a claim that is true": '{"userinfo": {"name": true}}',
    "a claim that is a list": '{"userinfo": {"name": ["Ada"]}}',
    "essential a text": '{"userinfo": {"name": {"essential": "true"}}}',
    "essential null": '{"userinfo": {"name": {"essential": null}}}',
    "values no list": '{"userinfo": {"name": {"values": "Ada"}}}',
    "no values": '{"userinfo": {"name": {"values": []}}}',
    "value and values": '{"userinfo": {"name": {"value": "a", "values": ["a"]}}}',
    "a member twice": '{"userinfo": {"name": null}, "userinfo": {}}',
    "a claim twice": '{"id_token": {"sub": {"value": "a"}, "sub": {"value": "b"}}}',
    "NaN": '{"userinfo": {"updated_at": {"value": NaN}}}',
    "too deep": '{"userinfo": {"name": {"value": [[[[[[[1]]]]]]]}}}',
    "half a character": '{"userinfo": {"name": {"value": "\\ud800"}}}',
    "too many claims": json.dumps({"userinfo": {f"claim{number}": None for number in range(101)}}),
    "trailing": '{"userinfo": {}} {}',
}


@spec("OIDC-Core-5.5")
@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_no_claims_request_is_refused(
    stack: LocalStack, known: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    with nothing_written(stack):
        answer = known.answer(claims=MALFORMED[case])
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys)["reason"] == "claims_malformed"


@spec("OIDC-Core-5.5")
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (["{}", "{}"], "parameter_repeated"),
        (json.dumps({"userinfo": {"name": {"value": "x" * 8_192}}}), "parameter_too_long"),
    ],
)
def test_a_claims_request_is_one_and_bounded(
    stack: LocalStack,
    known: Visit,
    capsys: pytest.CaptureFixture[str],
    *,
    claims: list[str] | str,
    reason: str,
) -> None:
    with nothing_written(stack):
        answer = known.answer(claims=claims)
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys)["reason"] == reason


@spec("OIDC-Core-5.5")
def test_claims_at_userinfo_need_an_access_token(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    known = visit(caller, tenant, tenant.public_client(response_types=("code", "none")))
    with nothing_written(stack):
        answer = known.answer(response_type="none", claims='{"userinfo": {"name": null}}')
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys)["reason"] == "claims_malformed"
