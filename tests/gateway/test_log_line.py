"""The line of a request: what AWS was asked, what went wrong, how it ended; and each metric there is."""

import contextlib
import io
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws.at_once import at_once
from chalicelib.aws.service import Service
from chalicelib.call_record import CallRecord, call_record, recording
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.log import METRICS
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.protocol.errors import (
    InvalidClient,
    InvalidGrant,
    OAuthError,
    ServerError,
    TemporarilyUnavailable,
)
from infra.local.stack import LocalStack
from tests.aws.service_at import ANSWER, service_at
from tests.support.log_lines import assert_line
from tests.support.scripted import ScriptedService, cuts, refuses

SECRET = "what nobody may read"


def line_of(stack: LocalStack, respond: Callable[[Request], Response], name: str = "token") -> dict[str, Any]:
    """The line an endpoint writes about a request, its answer made by `respond`."""
    handler = endpoint(name, methods=("POST",), event_of=event_of_request)(respond)
    event = {
        "headers": {"host": stack.issuer.partition("://")[2]},
        "requestContext": {"http": {"method": "POST", "sourceIp": "203.0.113.7"}, "requestId": "one"},
    }
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        handler(event, None)
    assert SECRET not in written.getvalue()
    return assert_line(written.getvalue())


def answered(**facts: str) -> Callable[[Request], Response]:
    return lambda _request: json_response({}, log=facts)


def raising(error: Exception) -> Callable[[Request], Response]:
    def respond(request: Request) -> Response:
        request.facts["client_id"] = "app"
        raise error

    return respond


def asking(scripted: ScriptedService, *operations: str) -> Callable[[Request], Response]:
    service = service_at(scripted)

    def respond(_request: Request) -> Response:
        for operation in operations:
            service.call(operation, {"Key": SECRET})
        return json_response({})

    return respond


def test_a_fault_of_aws_is_named_by_its_operation_and_code(stack: LocalStack) -> None:
    with ScriptedService([ANSWER, refuses("AccessDeniedException")]) as scripted:
        line = line_of(stack, asking(scripted, "GetItem", "PutItem"))
    assert (line["status"], line["result"], line["fault"]) == (500, "fault", "Refusal")
    assert line["aws_errors"] == ["dynamodb:PutItem AccessDeniedException"]
    assert line["dynamodb_calls"] == 2
    # The innermost first: where it was raised.
    assert line["at"][0].endswith("_read_members")


def test_a_retry_that_went_right_is_told_with_what_went_wrong_before(stack: LocalStack) -> None:
    with ScriptedService([refuses("ThrottlingException"), cuts, ANSWER]) as scripted:
        line = line_of(stack, asking(scripted, "GetItem"))
    assert line["result"] == "answered"
    assert line["aws_errors"] == ["dynamodb:GetItem ThrottlingException", "dynamodb:GetItem no_answer"]
    assert (line["dynamodb_calls"], line["dynamodb_throttles"], line["kms_throttles"]) == (3, 1, 0)


def test_a_condition_that_does_not_hold_is_no_error(stack: LocalStack) -> None:
    with ScriptedService([refuses("ConditionalCheckFailedException")]) as scripted:
        line = line_of(stack, asking(scripted, "PutItem"))
    assert "aws_errors" not in line


def test_calls_made_at_once_are_all_counted() -> None:
    record = CallRecord()
    with ScriptedService([ANSWER]) as scripted, recording(record):
        service: Service = service_at(scripted)
        at_once(lambda _number: service.call("GetItem", {}), range(20))
    assert record.made == ["dynamodb"] * 20
    assert call_record().made == []


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (InvalidGrant("No.", reason="code_unknown"), "refused"),
        (TemporarilyUnavailable("Later.", reason="aws_throttled"), "unavailable"),
        (ServerError("Ours.", reason="fault"), "fault"),
        (RuntimeError(SECRET), "fault"),
    ],
)
def test_what_was_known_is_told_however_it_ended(stack: LocalStack, error: Exception, result: str) -> None:
    line = line_of(stack, raising(error))
    assert (line["result"], line["client_id"]) == (result, "app")
    assert ("audit" in line) is (result == "refused")
    if isinstance(error, OAuthError):
        assert line["reason"] == error.reason


def asked_a_policy(_request: Request) -> Response:
    """As composition/policy_hook.py writes it down; tests/hooks has it do so."""
    metrics = {"policy_hook_ms": 1.5, "policy_hook_failures": 1, "policy_vetoes": 1}
    call_record().metrics.update(metrics)
    call_record().facts.update({"policy_hook": "failed", "policy_reason": "no"})
    return json_response({})


EMITTED: dict[str, tuple[str, Callable[[Request], Response]]] = {
    "requests": ("jwks", answered()),
    "ms": ("jwks", answered()),
    "dynamodb_calls": ("jwks", answered()),
    "kms_calls": ("jwks", answered()),
    "refused_logins": ("login", answered(outcome="refused", reason="password_wrong")),
    "refused_clients": ("introspection", raising(InvalidClient("No.", reason="client_unknown"))),
    "reuse_detections": ("token", raising(InvalidGrant("No.", reason="refresh_token_reused"))),
    "registrations": ("registration", answered(outcome="registered")),
    **dict.fromkeys(("policy_hook_ms", "policy_hook_failures", "policy_vetoes"), ("jwks", asked_a_policy)),
}


@pytest.mark.parametrize("metric", EMITTED)
def test_a_metric_is_told_where_there_is_something_to_tell(stack: LocalStack, metric: str) -> None:
    endpoint_name, respond = EMITTED[metric]
    assert metric in line_of(stack, respond, endpoint_name)


@pytest.mark.parametrize("service", ["dynamodb", "kms"])
def test_throttles_are_told_by_service(stack: LocalStack, service: str) -> None:
    def respond(_request: Request) -> Response:
        call_record().throttled.append(service)
        return json_response({})

    line = line_of(stack, respond)
    counts = {"dynamodb_throttles": 0, "kms_throttles": 0} | {f"{service}_throttles": 1}
    assert {name: line[name] for name in counts} == counts


def test_every_metric_is_told_by_one_of_these() -> None:
    # Of logouts: tests/operations/test_backchannel_logout.py.
    elsewhere = {"logouts_delivered", "logout_failures"}
    assert {*EMITTED, *elsewhere, "dynamodb_throttles", "kms_throttles"} == set(METRICS)
